import { openLab, setTokenLifetime, waitFor } from '@ovn-docker/lab';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { Api } from '../support/api.ts';
import { Pinger } from '../support/pinger.ts';
import { TrunkScene } from '../support/trunk-scene.ts';
import { IMAGE } from '../support/vm.ts';
import { LAB } from '../system/raise-lab.ts';

/** Tokens that really expire, every few seconds: what an agent goes through in a day, SCENARIO 9. */
const lab = openLab(LAB);
const NETWORK = 'tokens';
const LIFETIME_S = 10;
/** As many as in half a day of tokens that live for an hour. */
const EXPIRIES = 12;
/** NICs in a pool, at most; the subnet has room for them. */
const MOST = 200;
const LOGIN = 'POST /v3/auth/tokens';
let scene: TrunkScene;
let restore: () => Promise<void>;

beforeAll(async () => {
  scene = await TrunkScene.raise(lab, NETWORK, '10.188.0.0/24');
  restore = await setTokenLifetime(lab.machine('api'), LIFETIME_S);
  // The token that it has is one of an hour.
  await scene.agent.restart();
});
afterEach(async () => {
  // The test's own token, the usual one, was issued before.
  await scene.tidy();
});
afterAll(async () => {
  await restore();
  await scene.end();
});

const logins = async () => (await scene.proxy.counts())[LOGIN] ?? 0;

/** Waits until a token that is issued now is refused; then every older one is, too. */
async function outliveTokens(): Promise<string> {
  const { token } = await Api.login(lab, 'alice');
  const late = Api.withToken(lab, token);
  await waitFor('a token to expire', async () => (await late.call('GET', 'networks')).status === 401);
  return token;
}

it('scenario 9: tokens expire again and again while containers start and end: none fails, none is cut off', async () => {
  const peer = await scene.b.run(NETWORK, '--net=none');
  const address = (await scene.b.address(peer)) ?? '';
  const first = await scene.a.run(NETWORK);
  const pinger = await Pinger.start(scene.a, first, address);
  await scene.proxy.forgetCalls();
  let containers = 0;
  for (; (await logins()) < EXPIRIES; containers++) {
    // Cold, so that Neutron is asked for each.
    const container = await scene.a.run(NETWORK, ...(containers % 2 ? ['--net=none'] : []));
    await waitFor('an answer', () => scene.a.pings(container, address));
    await scene.a.remove(container);
  }
  expect(containers).toBeGreaterThan(EXPIRIES);
  expect((await pinger.count()).lost).toEqual([]);
  await scene.expectInOrder(1);
}, 600_000);

it('scenario 9: a token expires while a pool is being filled', async () => {
  const back = await scene.configure({ pool: { low: 0, high: MOST, batch: 20 } });
  try {
    await scene.proxy.forgetCalls();
    // One request after the other, as many as it takes: how many ports Neutron makes in the life of a token is its own matter.
    let warm = 0;
    for (; (await logins()) < 2 && warm < MOST; warm += 20) await scene.fill(warm + 20);
    expect(await logins()).toBeGreaterThan(1);
    expect((await scene.pool())?.warm).toBe(warm);
    await scene.expectInOrder(warm);
  } finally {
    await scene.drain();
    await back();
  }
}, 600_000);

it('scenario 9: a call that is under way when its token expires is made again with a new one', async () => {
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

it('scenario 9: a token that is given and has expired: one clear refusal', async () => {
  const env = { OS_TOKEN: await outliveTokens() };
  for (const way of [['--net=none'], []]) {
    const refused = await scene.a.ovnDocker([`--network=${NETWORK}`, 'run', '--rm', ...way, IMAGE], env);
    expect([refused.code, refused.stderr]).toEqual([1, expect.stringContaining('[E_TOKEN_REFUSED]')]);
    expect(refused.stderr).not.toContain(env.OS_TOKEN);
  }
});
