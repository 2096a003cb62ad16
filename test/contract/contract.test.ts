import { readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { openLab, urls } from '@ovn-docker/lab';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Answers, CaseAnswer } from '../../packages/embedded-neutron/test/cases/case.ts';
import { tables } from '../../packages/embedded-neutron/test/cases/index.ts';
import { intended } from '../../packages/embedded-neutron/test/cases/intended.ts';
import { judgeCase, judgeRequest, type Verdict } from '../../packages/embedded-neutron/test/cases/judge.ts';
import { reasons } from '../../packages/embedded-neutron/test/cases/reasons.ts';
import recorded from '../../packages/embedded-neutron/test/data/neutron-answers.json' with { type: 'json' };
import {
  type AllAnswers,
  askEverything,
  generate,
  type Selection,
} from '../../packages/embedded-neutron/test/requests/ask-everything.ts';
import { startOurs } from '../../packages/embedded-neutron/test/requests/start-ours.ts';
import { Api } from '../support/api.ts';
import { LAB } from './raise-lab.ts';
import { Report } from './report.ts';

/**
 * Sends identical requests to a real Keystone and Neutron and to embedded-neutron: the recorded cases, with
 * which the unit tests compare embedded-neutron, and requests that are generated from SEED. With RECORD=1 it
 * writes the answers to the recorded cases anew.
 */
const numberOf = (name: string, usual: number): number => Number(process.env[name] ?? usual);
const selection: Selection = {
  seed: numberOf('SEED', Date.now() % 2 ** 31),
  network: numberOf('NEUTRON_REQUESTS', 3000),
  identity: numberOf('KEYSTONE_REQUESTS', 1000),
};

/** Time limit of all requests, in milliseconds; Keystone's tokens are valid for an hour. */
const PATIENCE_MS = 3_500_000;

const embedded = resolve(import.meta.dirname, '../../packages/embedded-neutron');
const report = new Report(selection);
let real: AllAnswers;
let ours: AllAnswers;

beforeAll(async () => {
  [real, ours] = await Promise.all([askReal(), askOurs()]);
}, PATIENCE_MS);

afterAll(() => report.print());

async function askReal(): Promise<AllAnswers> {
  const lab = openLab(LAB);
  const users = (['alice', 'bob', 'admin'] as const).map(async (user) => [
    user,
    (await Api.login(lab, user)).token,
  ]);
  const servers = {
    network: urls.network,
    identity: new URL(urls.identity).origin,
    tokens: Object.fromEntries(await Promise.all(users)),
  };
  const command = [process.execPath, '--conditions=source', join(embedded, 'test/requests/ask-servers.ts')];
  const input = JSON.stringify({ servers, selection });
  return JSON.parse(await lab.machine('phys').must(command, { input, timeoutMs: PATIENCE_MS }));
}

async function askOurs(): Promise<AllAnswers> {
  await using server = await startOurs();
  // Without `await`, the server would stop before the first answer.
  return await askEverything(selection, server.send, server.clean);
}

it('Neutron answers each recorded case as recorded', () => {
  const answers = Object.fromEntries(
    Object.entries(real.tables).map(([name, table]) => [
      name,
      Object.fromEntries(
        Object.entries(table).map(([title, { shape: _, ...answer }]): [string, CaseAnswer] => [
          title,
          answer,
        ]),
      ),
    ]),
  );
  if (process.env['RECORD']) {
    writeFileSync(join(embedded, 'test/data/neutron-answers.json'), `${JSON.stringify(answers, null, 2)}\n`);
  } else expect(answers).toEqual(recorded);
});

it.each(Object.keys(tables))('%s: embedded-neutron answers each recorded case as Neutron does', (name) => {
  const verdicts = (tables[name] ?? []).map((request) => {
    const answers = {
      request,
      ...bothAnswers(real.tables[name]?.[request.title], ours.tables[name]?.[request.title]),
    };
    return [answers, judgeCase(answers, intended[name]?.[request.title])] as const;
  });
  expectSame(`recorded: ${name}`, verdicts);
});

it.each(['network', 'identity'] as const)(
  'embedded-neutron answers generated requests as the real one does: %s',
  (service) => {
    const verdicts = generate(selection)[service].map((request, index) => {
      const answers = { request, ...bothAnswers(real[service][index], ours[service][index]) };
      return [answers, judgeRequest(answers)] as const;
    });
    expectSame(`generated: ${service}`, verdicts);
  },
);

it('each intended difference between answers to generated requests is a row of the table in the README', () => {
  const readme = readFileSync(join(embedded, 'README.md'), 'utf8');
  for (const why of Object.values(reasons)) expect(readme).toContain(`| ${why} |`);
});

function bothAnswers(one: CaseAnswer | undefined, other: CaseAnswer | undefined): Omit<Answers, 'request'> {
  if (one === undefined || other === undefined) throw new Error('a request has no answer');
  return { real: one, ours: other };
}

/** Expects no difference but intended ones. A failure prints the seed. */
function expectSame(what: string, verdicts: readonly (readonly [Answers, Verdict])[]): void {
  report.add(what, verdicts);
  const different = verdicts.filter(([, { same }]) => !same).map(([answers]) => answers);
  expect(different, `SEED=${selection.seed}: ${different.length} of ${verdicts.length} differ`).toEqual([]);
}
