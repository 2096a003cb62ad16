import { describe, expect, it } from 'vitest';
import { Killed, openTestMachine, type TestMachine } from '../../../test/support/init-machine.ts';
import { MAC, networkFixtures } from '../../../test/support/network-fixtures.ts';
import { parseAgentConfig } from '../../config/agent-config.ts';
import type { Machine } from '../machine/machine.ts';
import { isRefusal, recognise } from '../network-managers/managers.ts';
import { planAgentFiles } from './agent-files.ts';
import { apply, stepsLeft } from './apply.ts';
import { Records } from './records.ts';
import { recover } from './recover.ts';
import type { Plan, Step } from './step.ts';
import { steps } from './steps/steps.ts';
import { undoChange } from './undo-change.ts';

const names = { uplink: 'eth0', bridge: 'br0' };
const supported = ['netplan', 'networkdStatic', 'cloudInitEni', 'ifupdownStatic'] as const;
const credential = {
  name: 'ovn-docker',
  origin: 'a test',
  config: {
    authUrl: 'http://keystone.test/v3',
    auth: { type: 'application_credential', id: 'x', secret: 's' },
  },
} as const;

function planOn(machine: Machine, remote: string): Plan {
  const { name, plan: change } = recognise(machine, names);
  if (isRefusal(change)) throw new Error(change.reason);
  const agentFiles = planAgentFiles(machine, names, parseAgentConfig('', 'config.yaml'), credential);
  const apis = ['http://keystone.test/v3'];
  return {
    names,
    mac: MAC,
    mtu: 1442,
    datapathType: 'system',
    remote,
    manager: name,
    change,
    agentFiles,
    apis,
  };
}

const progress = { done: () => undefined, undone: () => undefined };
const lock = { untilGuarded: async () => undefined };
const span = async (machine: Machine) => {
  // As the safety net's unit for the next boot.
  machine.files.write('/etc/systemd/system/ovn-docker-init-recover.service', { target: '/dev/null' });
  return [];
};

async function runOn(
  test: TestMachine,
  options: { steps?: readonly Step[]; diesAt?: number } = {},
): Promise<Machine & { changes: number }> {
  const machine = test.process(options.diesAt === undefined ? {} : { diesAt: options.diesAt });
  const signal = new AbortController().signal;
  await apply(machine, planOn(machine, test.remote), progress, {
    lock,
    signal,
    span,
    steps: options.steps ?? steps,
  });
  return machine;
}

/** A process that dies leaves its change where it is. */
async function dieOn(test: TestMachine, work: () => Promise<unknown>): Promise<boolean> {
  try {
    await work();
    return false;
  } catch (error) {
    const isKilled = error instanceof Killed || String((error as Error).cause ?? error).includes('Killed');
    if (!isKilled && !/could not be undone|everything is as before|nothing was changed/.test(String(error)))
      throw error;
    return true;
  } finally {
    await test.state();
  }
}

describe.each(supported)('%s', (fixture) => {
  it('gives the bridge the addresses, and a second run finds nothing to change', async () => {
    await using test = await openTestMachine(networkFixtures[fixture]);
    const before = await test.state();
    const machine = await runOn(test);
    expect(test.network.addresses('eth0')).toEqual([]);
    expect(test.network.addresses('br0').map(({ cidr }) => cidr)).toEqual(networkFixtures[fixture].addresses);
    const after = await test.state();
    expect(after).not.toEqual(before);
    const left = await stepsLeft(machine, planOn(machine, test.remote));
    expect(left.map(({ name }) => name)).toEqual(['API']);
    test.cutPower();
    test.finishBoot();
    expect(test.network.addresses('eth0')).toEqual([]);
    expect(test.network.addresses('br0').map(({ cidr }) => cidr)).toEqual(networkFixtures[fixture].addresses);
  });

  it('is undone to the last byte', async () => {
    await using test = await openTestMachine(networkFixtures[fixture]);
    const before = await test.state();
    const machine = await runOn(test);
    await undo(machine);
    expect(await test.state()).toEqual(before);
  });

  it.each(steps.map(({ name }) => name))(
    'undoes everything if the step "%s" fails before or after its work',
    async (name) => {
      for (const moment of ['before', 'after']) {
        await using test = await openTestMachine(networkFixtures[fixture]);
        const before = await test.state();
        const failing = steps.map((step) => (step.name === name ? failingStep(step, moment) : step));
        await expect(runOn(test, { steps: failing })).rejects.toMatchObject({ code: 'E_ROLLED_BACK' });
        expect(await test.state()).toEqual(before);
      }
    },
  );

  it('is old or new after the process was killed at any change', async () => {
    let diesAt = 1;
    for (let isKilled = true; isKilled; diesAt++) {
      await using test = await openTestMachine(networkFixtures[fixture]);
      const before = await test.state();
      isKilled = await dieOn(test, () => runOn(test, { diesAt }));
      const survivor = test.process();
      await recover(survivor, () => undefined);
      const applied = new Records(survivor.files).applied();
      if (applied === undefined) expect(await test.state(), `killed at ${diesAt}`).toEqual(before);
      else expect(test.network.addresses('br0').length, `killed at ${diesAt}`).toBeGreaterThan(0);
    }
    expect(diesAt).toBeGreaterThan(15);
  });

  it('is old or new after a power cut at any change', async () => {
    let diesAt = 1;
    for (let isKilled = true; isKilled; diesAt++) {
      await using test = await openTestMachine(networkFixtures[fixture]);
      const before = await test.state();
      isKilled = await dieOn(test, () => runOn(test, { diesAt }));
      test.cutPower();
      const booting = test.process({ isBooting: true });
      await recover(booting, () => undefined);
      test.finishBoot();
      const applied = new Records(booting.files).applied();
      if (applied === undefined) expect(await test.state(), `power cut at ${diesAt}`).toEqual(before);
      const owner = applied === undefined ? 'eth0' : 'br0';
      expect(test.network.addresses(owner).map(({ cidr }) => cidr)).toEqual(
        networkFixtures[fixture].addresses,
      );
    }
  });

  it('is completed when an undo was killed at any change', async () => {
    let diesAt = 1;
    for (let isKilled = true; isKilled; diesAt++) {
      await using test = await openTestMachine(networkFixtures[fixture]);
      const before = await test.state();
      await runOn(test);
      isKilled = await dieOn(test, () => undo(test.process({ diesAt })));
      await recover(test.process(), () => undefined);
      const applied = new Records(test.process().files).applied();
      if (applied === undefined) expect(await test.state(), `killed at ${diesAt}`).toEqual(before);
      else expect(diesAt).toBe(1);
    }
  });
});

function failingStep(step: Step, moment: string): Step {
  return {
    ...step,
    async do(machine, plan) {
      if (moment === 'after') await step.do(machine, plan);
      throw new Error('this step fails');
    },
    // A step that has failed before may look done.
    isDone: async () => false,
  };
}

async function undo(machine: Machine): Promise<void> {
  const records = new Records(machine.files);
  const applied = records.applied();
  if (!applied) throw new Error('init has changed nothing');
  const { ids: _, ...what } = applied;
  const pending = { ...what, id: 'undo', kind: 'undo', pid: 0 } as const;
  records.begin(pending);
  await undoChange(machine, pending, () => undefined);
}

it('a run that repairs one part is undone to that part only, and --undo still restores the VM of before', async () => {
  await using test = await openTestMachine(networkFixtures.netplan);
  const original = await test.state();
  const machine = await runOn(test);
  machine.files.write('/etc/systemd/network/05-ovn-docker-bridge.network', undefined);
  const damaged = await test.state();
  const failing = steps.map((step) => (step.name === 'API' ? failingStep(step, 'before') : step));
  await expect(runOn(test, { steps: failing })).rejects.toMatchObject({ code: 'E_ROLLED_BACK' });
  expect((await test.state()).files).toEqual(damaged.files);
  await runOn(test);
  await undo(test.process());
  expect(await test.state()).toEqual(original);
});
