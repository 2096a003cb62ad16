import { openLab, waitFor } from '@ovn-docker/lab';
import { afterAll, beforeAll, describe, expect, it, onTestFailed } from 'vitest';
import { AgentProcess } from '../support/agent-process.ts';
import { crashAt, crashAtNote } from '../support/faults/crash-point.ts';
import { CrashScene } from '../support/faults/crash-scene.ts';
import { containerOf, type Victim, warmNics } from '../support/faults/victim.ts';
import { Vm } from '../support/vm.ts';
import { LAB } from './raise-lab.ts';

/**
 * kill -9 of the agent where crash-points.test.ts does not come: in port-binding mode, where other stages talk to Neutron, and at what is no stage: a warm NIC
 * is claimed, comes back, and is given to the next one.
 */
const lab = openLab(LAB);
const a = new Vm(lab, 'vm-a');
const agent = new AgentProcess(lab, 'vm-a');
let scene: CrashScene;
let spared: string[];

/** Tells what the agent said, when the test fails. */
function tellOnFailure(): void {
  const logged = agent.log().length;
  onTestFailed(() => {
    process.stderr.write(agent.log(logged));
  });
}

// A Neutron as it comes lets no tenant write binding:profile.
describe.runIf(lab.state.cloud === 'embedded')('in port-binding mode', () => {
  const NETWORK = 'crashes-bound';
  const batch = warmNics(agent, NETWORK, 3);
  const container = containerOf(a, ['docker', 'run', '--network', NETWORK]);
  /** Where the port and its VLAN come and go in one call, and where something of what follows is there. Other borders are the same in both modes. */
  const portPoints = ['up:before', 'up:after', 'down:before', 'down:after'].map(
    (border) => `create port:${border}`,
  );
  const points = [...portPoints, 'make veth:up:after', 'plug port:up:after', 'plug port:down:before'];

  beforeAll(async () => {
    const config = { mode: 'port-binding', pool: { low: 0, high: 0 } };
    scene = await CrashScene.raise(lab, NETWORK, '10.164.0.0/16', config);
  });
  afterAll(() => scene.end());

  it.each<[string, string, Victim]>([
    ...points.map((point): [string, string, Victim] => ['three warm NICs', point, batch]),
    ...portPoints.map((point): [string, string, Victim] => ['docker run', point, container]),
  ])('%s: %s', async (_, point, victim) => {
    tellOnFailure();
    spared = (await agent.nicIds()).toSorted();
    try {
      expect(await scene.crash(victim, point.includes(':down:'), crashAt(point, spared))).toBe(true);
      const { agent: seen } = await scene.inOrder();
      expect(seen.nics.map(({ id }) => id).toSorted()).toEqual(spared);
    } catch (error) {
      await scene.tidy(victim);
      throw error;
    }
  });
});

describe('a warm NIC', () => {
  const NETWORK = 'crashes-warm';
  const HIGH = 3;
  const note = 'ovn-docker:claimed';

  beforeAll(async () => {
    const config = { mode: 'trunk', pool: { low: 0, high: HIGH } };
    scene = await CrashScene.raise(lab, NETWORK, '10.165.0.0/16', config);
  });
  afterAll(() => scene.end());

  describe.each<[string, Victim]>([
    ['docker run', containerOf(a, ['docker', 'run', '--network', NETWORK])],
    [
      'ovn-docker run --net=none',
      containerOf(a, ['ovn-docker', `--network=${NETWORK}`, 'run', '--net=none']),
    ],
  ])('%s', (_, victim) => {
    it.each([
      ['is claimed', 'before', false],
      ['is claimed', 'after', false],
      ['comes back', 'before', true],
      ['comes back', 'after', true],
    ] as const)('%s: %s that is noted', async (_what, moment, isDown) => {
      tellOnFailure();
      await agent.ask('POST', `/v1/pools/${NETWORK}/fill`, { count: HIGH });
      try {
        expect(
          await scene.crash(victim, isDown, crashAtNote(`${note}:${moment}`), { madeBefore: true }),
        ).toBe(true);
        const { agent: seen, ports } = await scene.inOrder();
        // Two are the bystanders'; nobody has more than before, and none is lost.
        const of = (state: string) => seen.nics.filter((nic) => nic.state === state).length;
        expect([of('claimed'), of('warm'), ports.length]).toEqual([2, HIGH, HIGH + 2]);
      } catch (error) {
        await scene.tidy(victim);
        throw error;
      }
    });
  });

  // To the stages it comes for the second time: it has entered the container before.
  it.each([
    crashable('make veth:up:before#2'),
    crashable('make veth:up:after#2'),
    ['the old row is gone', () => crashAtNote('ovn-docker: unplug 1 ports:after')],
    ['the new row is to come', () => crashAtNote('ovn-docker:nic:before')],
    crashable('plug port:up:after#2'),
  ] as const)('of a stopped --net=none container stays its own: killed at %s', async (_what, arm) => {
    tellOnFailure();
    await agent.ask('POST', `/v1/pools/${NETWORK}/fill`, { count: HIGH });
    const claimed = (await scene.inOrder()).agent.nics.filter((nic) => nic.state === 'claimed');
    await agent.restart(arm(claimed.map(({ id }) => id)));
    const logged = agent.log().length;
    const container = await a.run(NETWORK, '--net=none');
    try {
      const address = await a.address(container);
      await a.docker('stop', container);
      await waitFor('the crash', () => agent.log(logged).includes('crash-at: '));
      await agent.restart();
      await scene.inOrder();
      await a.docker('start', container);
      await waitFor('its interface', async () => (await a.address(container)) === address);
    } finally {
      await a.remove(container);
    }
    await scene.inOrder();
  });
});

/** A stage boundary, and how an agent is told to die there. */
function crashable(point: string) {
  return [point, (spared: readonly string[]) => crashAt(point, spared)] as const;
}
