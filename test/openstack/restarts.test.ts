import { openLab, startKeystone, startMariadb, waitFor } from '@ovn-docker/lab';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { Pinger } from '../support/pinger.ts';
import { stopNeutron } from '../support/stop-neutron.ts';
import { TrunkScene } from '../support/trunk-scene.ts';
import { LAB } from '../system/raise-lab.ts';

/** The agent works while a service of the cloud is down, and after the restart of the service. */
const lab = openLab(LAB);
const NETWORK = 'services';
const api = lab.machine('api');
let scene: TrunkScene;

beforeAll(async () => {
  scene = await TrunkScene.raise(lab, NETWORK, '10.187.0.0/24');
});
afterEach(() => scene.tidy());
afterAll(() => scene.end());

/** Returns a function that kills a service. Its result starts the service again. */
const killer = (program: string, start: (machine: typeof api) => Promise<void>) => async () => {
  await api.stop(program, 'KILL');
  return () => start(api);
};

it.each([
  ['Keystone', killer('keystone', startKeystone)],
  ['Neutron', () => stopNeutron(lab)],
  ['MariaDB', killer('mariadbd', startMariadb)],
] as const)(
  'while %s is down, traffic continues and containers start from the warm pool; afterwards they start without warm NICs',
  async (_, stop) => {
    const restore = await scene.configure({ pool: { low: 0, high: 3 } });
    try {
      const peer = await scene.b.run(NETWORK, '--net=none');
      const address = (await scene.b.address(peer)) ?? '';
      const first = await scene.a.run(NETWORK);
      const pinger = await Pinger.start(scene.a, first, address);
      await scene.fill(2);

      const startAgain = await stop();
      try {
        const warm = [await scene.a.run(NETWORK, '--net=none'), await scene.a.run(NETWORK)];
        for (const container of warm) await waitFor('an answer', () => scene.a.pings(container, address));
        // Returned NICs are warm again, although the agent cannot read their ports from Neutron.
        await scene.a.remove(...warm);
        await waitFor('warm NICs', async () => (await scene.pool())?.warm === 2);
      } finally {
        await startAgain();
      }

      await scene.drain();
      await waitFor('the releases to be finished', async () => (await scene.status()).draining === 0);
      const cold = [await scene.a.run(NETWORK, '--net=none'), await scene.a.run(NETWORK)];
      for (const container of cold) await waitFor('an answer', () => scene.a.pings(container, address));
      expect((await pinger.count()).lost).toEqual([]);
      await scene.expectInOrder(3);
    } finally {
      await scene.drain();
      await restore();
    }
  },
);
