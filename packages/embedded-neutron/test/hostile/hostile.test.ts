import { expect, test } from 'vitest';
import { Outcome, sendHostile, sendMutated } from '../requests/assail.ts';
import { httpSend } from '../requests/http-send.ts';
import { startCloud } from '../support/test-cloud.ts';
import { startServerProcess, type Usage } from './server-process.ts';

const numberOf = (name: string, usual: number): number => Number(process.env[name] ?? usual);
const SEED = numberOf('SEED', Date.now() % 2 ** 31);
const MUTATED = numberOf('MUTATED', 100_000);
const HOSTILE = numberOf('HOSTILE', 20_000);
/** Measured after each of these parts of all requests. */
const ROUNDS = 5;
/** Requests to Keystone for each of those to Neutron. */
const IDENTITY_SHARE = 0.2;
const HOSTILE_AT_ONCE = 64;
/** Growth of the heap that is no leak: the last round compared with the first. */
const MAX_GROWTH = 1.1;

const LIMIT_MS = 3_600_000;

test(`SEED=${SEED}: ${MUTATED} mutated and ${HOSTILE} hostile requests cause no 5xx, no crash and no leak`, {
  timeout: LIMIT_MS,
}, async () => {
  await using cloud = await startCloud({
    network: { physical_networks: { physnet1: { vlans: [100, 4000] } } },
  });
  await using server = await startServerProcess(cloud.configPath);
  const servers = { network: server.network, identity: server.identity };
  const tokens = {
    alice: await cloud.token('alice'),
    bob: await cloud.token('bob'),
    admin: await cloud.token('admin'),
  };
  const { send } = httpSend({ ...servers, tokens });
  const [mutated, hostile] = [new Outcome(), new Outcome()];
  const usages: Usage[] = [];
  const started = performance.now();
  const identity = Math.round((MUTATED / ROUNDS) * IDENTITY_SHARE);
  for (let round = 0; round < ROUNDS; round += 1) {
    const seed = SEED + round;
    await sendMutated({ seed, network: MUTATED / ROUNDS - identity, identity }, send, mutated);
    const many = { seed, count: HOSTILE / ROUNDS, atOnce: HOSTILE_AT_ONCE };
    await sendHostile(many, servers, tokens.alice, hostile);
    usages.push(await server.usage());
    report({ round, seconds: (performance.now() - started) / 1000, ...usages.at(-1) });
  }
  report({
    SEED,
    mutated: Object.fromEntries(mutated.statuses),
    hostile: Object.fromEntries(hostile.statuses),
  });
  expect(mutated.failures).toEqual([]);
  expect(hostile.failures).toEqual([]);
  expect(server.log).toEqual([]);
  expect(server.isRunning).toBe(true);
  const [first, last] = [usages[0], usages.at(-1)];
  expect(last?.heapBytes).toBeLessThan((first?.heapBytes ?? 0) * MAX_GROWTH);
  expect(last?.resources).toBeLessThanOrEqual((first?.resources ?? 0) + HOSTILE_AT_ONCE);
  const made = await send('admin', 'POST', 'networks', { network: { name: 'still serves' } }, {});
  expect(made.status).toBe(201);
});

function report(line: object): void {
  process.stdout.write(`${JSON.stringify(line)}\n`);
}
