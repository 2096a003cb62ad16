import { afterAll, beforeAll, expect, test } from 'vitest';
import { generate } from '../../test/requests/ask-everything.ts';
import { Outcome, sendHostile, sendMutated } from '../../test/requests/assail.ts';
import { startOurs } from '../../test/requests/start-ours.ts';
import { resources } from '../resources/index.ts';

/** `npm run test:contract` and `npm run test:hostile` send thousands of these requests. */
const selection = { seed: 19, network: 300, identity: 100 };

let ours: Awaited<ReturnType<typeof startOurs>>;
beforeAll(async () => {
  ours = await startOurs();
});
afterAll(() => ours[Symbol.asyncDispose]());

test('a seed gives the same requests again, about every attribute of every kind of resource', () => {
  expect(generate(selection)).toEqual(generate(selection));
  const { network } = generate({ ...selection, network: 4000 });
  const sent = network.map(({ ask, body }) => `${ask} ${JSON.stringify(body)}`);
  for (const { path, attributes } of resources) {
    for (const name of Object.keys(attributes)) {
      const about = sent.filter((each) => each.includes(` ${path}`) && each.includes(`"${name}":`));
      expect([path, name, about.length > 0]).toEqual([path, name, true]);
    }
  }
});

test('mutated requests cause no 5xx and reach every layer', { timeout: 120_000 }, async () => {
  const outcome = new Outcome();
  await sendMutated(selection, ours.send, outcome);
  expect(outcome.failures).toEqual([]);
  for (const status of [200, 201, 204, 400, 403, 404, 405])
    expect([...outcome.statuses.keys()]).toContain(status);
});

test('hostile requests cause no 5xx, and other clients are served', { timeout: 120_000 }, async () => {
  const outcome = new Outcome();
  const { networkUrl: network, identityUrl: identity } = ours.cloud.service;
  const token = await ours.cloud.token('alice');
  await sendHostile({ seed: 19, count: 150, atOnce: 32 }, { network, identity }, token, outcome);
  expect(outcome.failures).toEqual([]);
  expect((await ours.cloud.call('bob', 'GET', 'networks')).status).toBe(200);
});
