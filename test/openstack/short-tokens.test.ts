import { openLab, setTokenLifetime, waitFor } from '@ovn-docker/lab';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { Api } from '../support/api.ts';
import { Pinger } from '../support/pinger.ts';
import { TrunkScene } from '../support/trunk-scene.ts';
import { IMAGE } from '../support/vm.ts';
import { LAB } from '../system/raise-lab.ts';

/** Tokens that really expire, every few seconds: scenario 9. */
const lab = openLab(LAB);
const NETWORK = 'tokens';
const LIFETIME_S = 10;
/** The number of expiries: as in half a day with tokens that live for an hour. */
const EXPIRIES = 12;
/** The maximum number of NICs in a pool; the subnet has as many addresses. */
const MOST = 200;
const LOGIN = 'POST /v3/auth/tokens';
let scene: TrunkScene;
let restore: () => Promise<void>;

beforeAll(async () => {
  scene = await TrunkScene.raise(lab, NETWORK, '10.188.0.0/24');
  restore = await setTokenLifetime(lab.machine('api'), LIFETIME_S);
  // The agent's present token lives for an hour.
  await scene.agent.restart();
});
afterEach(async () => {
  // Uses the test's own token, which lives for an hour.
  await scene.tidy();
});
afterAll(async () => {
  await restore();
  await scene.end();
});

const logins = async () => (await scene.proxy.counts())[LOGIN] ?? 0;

/**
 * Waits until a token issued now is refused, so that every older short-lived token is refused too. Returns
 * it.
 */
async function outliveTokens(): Promise<string> {
  const { token } = await Api.login(lab, 'alice');
  const late = Api.withToken(lab, token);
  await waitFor('a token to expire', async () => (await late.call('GET', 'networks')).status === 401);
  return token;
}

it('scenario 9: tokens expire again and again while containers start and end: every container starts and keeps its traffic', async () => {
  const peer = await scene.b.run(NETWORK, '--net=none');
  const address = (await scene.b.address(peer)) ?? '';
  const first = await scene.a.run(NETWORK);
  const pinger = await Pinger.start(scene.a, first, address);
  await scene.proxy.forgetCalls();
  let containers = 0;
  for (; (await logins()) < EXPIRIES; containers++) {
    // Without warm NICs, so that the agent asks Neutron for each container.
    const container = await scene.a.run(NETWORK, ...(containers % 2 ? ['--net=none'] : []));
    await waitFor('an answer', () => scene.a.pings(container, address));
    await scene.a.remove(container);
  }
  expect(containers).toBeGreaterThan(EXPIRIES);
  expect((await pinger.count()).lost).toEqual([]);
  await scene.expectInOrder(1);
}, 600_000);

it('scenario 9: a token expires while the agent fills a pool', async () => {
  const restorePool = await scene.configure({ pool: { low: 0, high: MOST, batch: 20 } });
  try {
    await scene.proxy.forgetCalls();
    // Fill in steps until two logins are seen, because the number of ports per token lifetime depends on
    // Neutron's speed.
    let warm = 0;
    for (; (await logins()) < 2 && warm < MOST; warm += 20) await scene.fill(warm + 20);
    expect(await logins()).toBeGreaterThan(1);
    expect((await scene.pool())?.warm).toBe(warm);
    await scene.expectInOrder(warm);
  } finally {
    await scene.drain();
    await restorePool();
  }
}, 600_000);

it('scenario 9: a call whose token expires while it is under way is repeated with a new token', async () => {
  const fault = { kind: 'hang' } as const;
  const rule = await scene.proxy.addRule({ method: 'POST', path: '^/v2.0/ports', times: 1, fault });
  const running = scene.a.run(NETWORK, '--net=none');
  await rule.hit();
  await outliveTokens();
  await rule.release();
  await running;
  const posts = (await scene.proxy.calls()).filter(
    ({ method, path }) => `${method} ${path}` === 'POST /v2.0/ports',
  );
  expect(posts.slice(-2).map(({ outcome }) => outcome)).toEqual([401, 201]);
  await scene.expectInOrder(1);
});

it('scenario 9: an expired token in OS_TOKEN: one clear refusal', async () => {
  const env = { OS_TOKEN: await outliveTokens() };
  for (const way of [['--net=none'], []]) {
    const refused = await scene.a.ovnDocker([`--network=${NETWORK}`, 'run', '--rm', ...way, IMAGE], env);
    expect([refused.code, refused.stderr]).toEqual([1, expect.stringContaining('[E_TOKEN_REFUSED]')]);
    expect(refused.stderr).not.toContain(env.OS_TOKEN);
  }
});
