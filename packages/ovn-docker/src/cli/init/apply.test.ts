import { describe, expect, it } from 'vitest';
import { Killed, openTestMachine, type TestMachine } from '../../../test/support/init-machine.ts';
import { MAC, networkFixtures } from '../../../test/support/network-fixtures.ts';
import { parseAgentConfig } from '../../config/agent-config.ts';
import { textFile } from '../machine/files.ts';
import type { Machine } from '../machine/machine.ts';
import { isRefusal, recognise } from '../network-managers/managers.ts';
import { planAgentFiles } from './agent-files.ts';
import { apply, stepsLeft } from './apply.ts';
import { requireSame } from './make-plan.ts';
import { Records } from './records.ts';
import { recover } from './recover.ts';
import type { Plan, Step } from './step.ts';
import { steps } from './steps/steps.ts';
import { undoChange } from './undo-change.ts';

const names = { uplink: 'eth0', bridge: 'br0' };
const supported = ['netplan', 'networkdStatic', 'cloudInitEni', 'ifupdownStatic', 'ifupdownSlaac'] as const;
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
    firewallRules: [],
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
  {
    steps: chosen = steps,
    plan,
    ...options
  }: { steps?: readonly Step[]; diesAt?: number; failsAt?: number; plan?: Partial<Plan> } = {},
): Promise<Machine & { changes: number }> {
  const machine = test.process(options);
  const signal = new AbortController().signal;
  const run = { lock, signal, span, steps: chosen };
  await apply(machine, { ...planOn(machine, test.remote), ...plan }, progress, run);
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

function addressesOf(test: TestMachine, name: string): string[] {
  return test.network
    .addresses(name)
    .map(({ cidr }) => cidr)
    .toSorted();
}

describe.each(supported)('%s', (fixture) => {
  it('gives the bridge the addresses, and a second run finds nothing to change', async () => {
    await using test = await openTestMachine(networkFixtures[fixture]);
    const before = await test.state();
    const machine = await runOn(test);
    expect(test.network.addresses('eth0')).toEqual([]);
    expect(addressesOf(test, 'br0')).toEqual(networkFixtures[fixture].addresses.toSorted());
    const after = await test.state();
    expect(after).not.toEqual(before);
    const left = await stepsLeft(machine, planOn(machine, test.remote));
    expect(left.map(({ name }) => name)).toEqual(['API']);
    test.cutPower();
    test.finishBoot();
    expect(test.network.addresses('eth0')).toEqual([]);
    expect(addressesOf(test, 'br0')).toEqual(networkFixtures[fixture].addresses.toSorted());
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

  it('undoes everything if the machine refuses any single change, such as a write to a full disk', async () => {
    let changes = Number.POSITIVE_INFINITY;
    for (let failsAt = 1; failsAt <= changes; failsAt++) {
      await using test = await openTestMachine(networkFixtures[fixture]);
      const before = await test.state();
      try {
        // Few changes may be refused without harm, such as the end of a DHCP client.
        changes = (await runOn(test, { failsAt })).changes;
      } catch (error) {
        expect(error, `refused at ${failsAt}`).toMatchObject({ code: 'E_ROLLED_BACK' });
        expect(await test.state(), `refused at ${failsAt}`).toEqual(before);
      }
    }
    expect(changes).toBeGreaterThan(15);
  });

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
      expect(addressesOf(test, owner)).toEqual(networkFixtures[fixture].addresses.toSorted());
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

describe.each([
  ['systemd-networkd', 'unusedNetworkd'],
  ['ifupdown', 'unusedIfupdown'],
] as const)('an uplink without a configuration, with %s', (_, fixture) => {
  it('comes up at boot without addresses, and a second run finds nothing to change', async () => {
    await using test = await openTestMachine(networkFixtures[fixture]);
    const before = await test.state();
    const machine = await runOn(test);
    const left = await stepsLeft(machine, planOn(machine, test.remote));
    expect(left.map(({ name }) => name)).toEqual(['API']);
    for (const link of test.network.links()) test.network.setLink(link.name, { up: false });
    test.cutPower();
    test.finishBoot();
    expect(test.network.link('eth0')).toMatchObject({ up: true });
    expect(test.network.addresses()).toEqual([]);
    await undo(machine);
    expect(await test.state()).toEqual(before);
  });

  it.each(steps.map(({ name }) => name))('is as before if the step "%s" fails', async (name) => {
    await using test = await openTestMachine(networkFixtures[fixture]);
    const before = await test.state();
    const failing = steps.map((step) => (step.name === name ? failingStep(step, 'after') : step));
    await expect(runOn(test, { steps: failing })).rejects.toMatchObject({ code: 'E_ROLLED_BACK' });
    expect(await test.state()).toEqual(before);
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

it('a second run has the network manager and the agent use the files that it changes', async () => {
  await using test = await openTestMachine(networkFixtures.netplan);
  await runOn(test);
  const source = '/run/systemd/network/10-netplan-eth0.network';
  const { files } = test.process();
  files.write(source, textFile(`${files.text(source)}\n[Network]\nDNS=192.0.2.53\n`));
  test.commands.length = 0;
  const agentFiles = {
    origin: 'a test',
    changes: [files.change('/etc/ovn-docker/clouds.yaml', textFile('clouds: {}\n', 0o600))],
  };
  await runOn(test, { plan: { agentFiles } });
  expect(test.commands.filter((command) => !command.startsWith('systemctl show'))).toEqual([
    'networkctl reload',
    'networkctl reconfigure eth0 br0',
    'systemctl enable --quiet ovn-docker.service',
    'systemctl restart ovn-docker.service',
    'systemctl daemon-reload',
  ]);
  expect(files.text('/etc/systemd/network/05-ovn-docker-bridge.network')).toContain('DNS=192.0.2.53');
});

it('a second run that fails gives the running agent its former configuration', async () => {
  await using test = await openTestMachine(networkFixtures.netplan);
  await runOn(test);
  const { files } = test.process();
  const agentFiles = {
    origin: 'a test',
    changes: [files.change('/etc/ovn-docker/clouds.yaml', textFile('clouds: {}\n', 0o600))],
  };
  const failing = steps.map((step) => (step.name === 'API' ? failingStep(step, 'before') : step));
  test.commands.length = 0;
  await expect(runOn(test, { steps: failing, plan: { agentFiles } })).rejects.toMatchObject({
    code: 'E_ROLLED_BACK',
  });
  expect(test.commands).toContain('systemctl try-restart --no-block ovn-docker.service');
  expect((await test.state()).unit).toEqual({ enabled: true, active: true });
});

it('--undo keeps a copy of a file that the user has changed since init, with its permissions', async () => {
  await using test = await openTestMachine(networkFixtures.ifupdownStatic);
  const { files: before } = await test.state();
  await runOn(test);
  const { files } = test.process();
  const edited = { '/etc/network/interfaces': 0o644, '/etc/ovn-docker/clouds.yaml': 0o600 };
  const changed = Object.entries(edited).map(([path, mode]) => {
    const state = textFile(`${files.text(path)}# a line of the user\n`, mode);
    files.write(path, state);
    return [`/var/backups/ovn-docker${path}`, state] as const;
  });
  await undo(test.process());
  const after = (await test.state()).files as Record<string, unknown>;
  const isBackup = ([path]: [string, unknown]) => path.startsWith('/var/backups');
  const backups = Object.entries(after).filter(isBackup);
  expect(Object.fromEntries(backups.filter(([, state]) => state !== 'directory'))).toEqual(
    Object.fromEntries(changed),
  );
  expect(Object.fromEntries(Object.entries(after).filter((entry) => !isBackup(entry)))).toEqual(before);
});

it('--undo after a second run keeps no copy of what that run has written', async () => {
  await using test = await openTestMachine(networkFixtures.netplan);
  const before = await test.state();
  await runOn(test);
  const source = '/run/systemd/network/10-netplan-eth0.network';
  const { files } = test.process();
  files.write(source, textFile(`${files.text(source)}\n[Network]\nDNS=192.0.2.53\n`));
  await runOn(test);
  await undo(test.process());
  expect(await test.state()).toEqual(before);
});

it('--undo after a run with --by-hand still has the network manager read the restored files', async () => {
  await using test = await openTestMachine(networkFixtures.netplan);
  await runOn(test);
  const byHand = { manager: 'none', change: { found: 'you', files: [], notes: [] }, mtu: 1400 } as const;
  await runOn(test, { plan: byHand });
  test.commands.length = 0;
  await undo(test.process());
  expect(test.commands).toContain('networkctl reconfigure eth0');
});

it.each([
  ['another bridge', { uplink: 'eth0', bridge: 'br1' }],
  ['another uplink', { uplink: 'eth1', bridge: 'br0' }],
])('a run with %s than the recorded one is refused: --undo restores one bridge', (_, other) => {
  expect(() => requireSame(names, names)).not.toThrow();
  expect(() => requireSame(other, names)).toThrow(/init has set up the bridge br0 with the uplink eth0/);
});

it('an agent that is enabled until the next boot only is enabled for good', async () => {
  await using test = await openTestMachine(networkFixtures.netplan);
  await runOn(test);
  const machine = test.process();
  const plan = planOn(machine, test.remote);
  expect(await stepsLeft(machine, plan)).toHaveLength(1);
  const state = 'LoadState=loaded\nUnitFileState=enabled-runtime\nActiveState=active\n';
  const left = await stepsLeft({ ...machine, run: async () => state }, plan);
  expect(left.map(({ name }) => name)).toEqual(['API', 'agent']);
});
