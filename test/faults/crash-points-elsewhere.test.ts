import { openLab, waitFor } from '@ovn-docker/lab';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AgentProcess } from '../support/agent-process.ts';
import { crashAt, crashAtNote } from '../support/faults/crash-point.ts';
import { CrashScene } from '../support/faults/crash-scene.ts';
import { containerOf, type Victim, warmNics } from '../support/faults/victim.ts';
import { Vm } from '../support/vm.ts';
import { LAB } from './raise-lab.ts';

/**
 * kill -9 of the agent at points that crash-points.test.ts does not cover: in port-binding mode, where other
 * stages call Neutron, and at steps that are no stages: a warm NIC is claimed and returned to the pool.
 */
const lab = openLab(LAB);
const a = new Vm(lab, 'vm-a');
const agent = new AgentProcess(lab, 'vm-a');
let scene: CrashScene;
let spared: string[];

// Neutron's default policy does not let tenants write binding:profile.
describe.runIf(lab.state.apiKind === 'embedded')('in port-binding mode', () => {
  const NETWORK = 'crashes-bound';
  const batch = warmNics(agent, NETWORK, 3);
  const container = containerOf(a, ['docker', 'run', '--network', NETWORK]);
  /**
   * Boundaries of the stage that creates or deletes the port with its VLAN in one call, and some of later
   * stages. All other boundaries are the same in both modes.
   */
  const portPoints = ['up:before', 'up:after', 'down:before', 'down:after'].map(
    (boundary) => `create port:${boundary}`,
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
    agent.printLogOnFailure();
    spared = (await agent.nicIds()).toSorted();
    try {
      expect(await scene.crash(victim, point.includes(':down:'), crashAt(point, spared))).toBe(true);
      const { agent: seen } = await scene.expectInOrder();
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
      ['is returned', 'before', true],
      ['is returned', 'after', true],
    ] as const)('%s: the agent is killed %s it writes that to the row', async (_action, moment, isDown) => {
      agent.printLogOnFailure();
      await agent.ask('POST', `/v1/pools/${NETWORK}/fill`, { count: HIGH });
      try {
        expect(
          await scene.crash(victim, isDown, crashAtNote(`${note}:${moment}`), { madeBefore: true }),
        ).toBe(true);
        const { agent: seen, ports } = await scene.expectInOrder();
        // The two claimed NICs are the bystanders'. No NIC is lost, and none is left over.
        const count = (state: string) => seen.nics.filter((nic) => nic.state === state).length;
        expect([count('claimed'), count('warm'), ports.length]).toEqual([2, HIGH, HIGH + 2]);
      } catch (error) {
        await scene.tidy(victim);
        throw error;
      }
    });
  });

  // `#2`: the agent reached these stages once before, when the NIC entered the container.
  it.each([
    crashable('make veth:up:before#2'),
    crashable('make veth:up:after#2'),
    ['the deletion of the old row', () => crashAtNote('ovn-docker: unplug 1 ports:after')],
    ['the insertion of the new row', () => crashAtNote('ovn-docker:nic:before')],
    crashable('plug port:up:after#2'),
  ] as const)('stays with a stopped --net=none container: the agent is killed at %s', async (_point, arm) => {
    agent.printLogOnFailure();
    await agent.ask('POST', `/v1/pools/${NETWORK}/fill`, { count: HIGH });
    const claimed = (await scene.expectInOrder()).agent.nics.filter((nic) => nic.state === 'claimed');
    await agent.restart(arm(claimed.map(({ id }) => id)));
    const logged = agent.log().length;
    const container = await a.run(NETWORK, '--net=none');
    try {
      const address = await a.address(container);
      await a.docker('stop', container);
      await waitFor('the crash', () => agent.log(logged).includes('crash-at: '));
      await agent.restart();
      await scene.expectInOrder();
      await a.docker('start', container);
      await waitFor('its interface', async () => (await a.address(container)) === address);
    } finally {
      await a.remove(container);
    }
    await scene.expectInOrder();
  });
});

/** A stage boundary, with the function that makes the environment of an agent that kills itself there. */
function crashable(point: string) {
  return [point, (spared: readonly string[]) => crashAt(point, spared)] as const;
}
