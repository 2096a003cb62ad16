import { setImmediate } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { hostileAnswers, startHostileApi } from '../../../test/support/hostile-api.ts';
import { ANSWER_LIMITS, openCloud } from './cloud.ts';

/** The longest that the agent's event loop may stand still, in milliseconds of the thread's CPU time. */
const LONGEST_MS = 50;

/**
 * The most CPU time of one turn of the event loop while `work` runs. Time on the clock would also count the
 * other programs of a busy machine.
 */
async function longestTurn(work: Promise<unknown>): Promise<number> {
  let longest = 0;
  let isDone = false;
  // An error is as good an end as a list of nonsense.
  void work
    .catch(() => undefined)
    .then(() => {
      isDone = true;
    });
  while (!isDone) {
    const before = process.threadCpuUsage();
    await setImmediate();
    const { user, system } = process.threadCpuUsage(before);
    longest = Math.max(longest, (user + system) / 1000);
  }
  return longest;
}

it.each(hostileAnswers)('scenario 53: the event loop does not stand still for %s', async (name) => {
  await using api = await startHostileApi(ANSWER_LIMITS.answerBytes);
  const turns: number[] = [];
  // The least of several: a collection of garbage from earlier work can fall into one of them.
  for (let round = 0; round < 3; round++) {
    using cloud = openCloud({
      authUrl: `${api.url}/${encodeURIComponent(name)}/v3`,
      auth: { type: 'password', username: 'u', password: 'p', userDomainName: 'd' },
      retry: { attempts: 1 },
      limits: { pages: 20 },
    } as never);
    await cloud.session.token();
    turns.push(await longestTurn(cloud.neutron.ports.all({})));
  }
  expect(Math.min(...turns), turns.join(' ')).toBeLessThan(LONGEST_MS);
});
