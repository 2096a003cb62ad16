import { openLab, startBroker } from '@ovn-docker/lab';
import { afterAll, afterEach, beforeAll, beforeEach, describe, it } from 'vitest';
import { AgentProcess } from '../support/agent-process.ts';
import { CrashScene } from '../support/faults/crash-scene.ts';
import { containerOf, type Victim, warmNics } from '../support/faults/victim.ts';
import { Vm } from '../support/vm.ts';
import { LAB } from './raise-lab.ts';

/**
 * An agent behind a broker: kill -9 of the broker at several moments while the agent attaches and detaches.
 * The kills of the agent are in test/faults/crash-points.test.ts, which runs in this lab too.
 */
const lab = openLab(LAB);
const a = new Vm(lab, 'vm-a');
const agent = new AgentProcess(lab, 'vm-a');
const apiHost = lab.machine('api');
const NETWORK = 'broker-faults';
const victims = {
  'docker run': containerOf(a, ['docker', 'run', '--network', NETWORK]),
  'three warm NICs': warmNics(agent, NETWORK, 3),
} satisfies Record<string, Victim>;

let scene: CrashScene;

beforeAll(async () => {
  scene = await CrashScene.raise(lab, NETWORK, '10.172.0.0/16', { pool: { low: 0, high: 0 } });
});
beforeEach(() => agent.printLogOnFailure());
afterAll(async () => {
  await scene.end();
});

/** Moments of the kill in milliseconds after the beginning of the work, spread over it. */
const moments = [5, 20, 40, 80, 160, 300, 600];

describe.each(Object.entries(victims))('the broker is killed while the agent works for %s', (_, victim) => {
  afterEach(() => scene.tidy(victim));

  it.each(moments)('while it attaches, after %i ms', async (moment) => {
    const made = victim.tryToMake();
    await killBroker(moment);
    const isMade = await made;
    if (isMade) await victim.works(scene.bystanders);
    await victim.remove();
    await scene.expectInOrder();
  });

  it.each(moments)('while it detaches, after %i ms', async (moment) => {
    const spared = await agent.nicIds();
    await victim.make();
    const removed = victim.remove();
    await killBroker(moment);
    await removed;
    await victim.isReleased(agent, spared);
    await scene.expectInOrder();
  });
});

/** Kills the broker, and starts the next one. */
async function killBroker(afterMs: number): Promise<void> {
  // The moment is arbitrary, not a synchronisation: the books must balance whenever the broker dies.
  await new Promise((resolve) => setTimeout(resolve, afterMs));
  await apiHost.stop('broker-alice', 'KILL');
  await startBroker(apiHost, 'alice');
}
