import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import recorded from '../data/neutron-answers.json' with { type: 'json' };
import { startCloud, type TestCloud } from '../support/test-cloud.ts';
import { askAll } from './ask.ts';
import type { CaseAnswer } from './case.ts';
import { tables } from './index.ts';
import { intended } from './intended.ts';
import { judgeCase } from './judge.ts';

/** For all cases of a table, on a busy machine. */
const PATIENCE_MS = 120_000;

const readme = readFileSync(join(import.meta.dirname, '../../README.md'), 'utf8');

/** Defines one test for each case of a table: embedded-neutron answers as the recorded Neutron did. */
export function testAnswers(name: keyof typeof recorded): void {
  const table = tables[name] ?? [];
  const answers = recorded[name] as Readonly<Record<string, CaseAnswer>>;
  const differences = intended[name] ?? {};

  describe(`${name}: Neutron's answer to`, () => {
    let cloud: TestCloud;
    let given: Readonly<Record<string, CaseAnswer>>;
    beforeAll(async () => {
      cloud = await startCloud({
        network: { dns_domain: 'openstacklocal.', physical_networks: { physnet1: { vlans: [100, 4000] } } },
      });
      // The recording Neutron had this network: it is that of the lab's VMs.
      const flat = { 'provider:network_type': 'flat', 'provider:physical_network': 'physnet1' };
      await cloud.call('admin', 'POST', 'networks', { network: { name: 'mgmt', shared: true, ...flat } });
      given = await askAll(table, (user, method, path, body, headers) =>
        cloud.call(user, method, path, body, { ...headers }),
      );
    }, PATIENCE_MS);
    afterAll(() => cloud[Symbol.asyncDispose]());

    test.each(table.map(({ title }) => title))('%s', (title) => {
      const [real, ours] = [answers[title], given[title]];
      const difference = Object.hasOwn(differences, title) ? differences[title] : undefined;
      if (difference !== undefined) expect(readme).toContain(`| ${difference.why} |`);
      const request = table.find((each) => each.title === title);
      if (real === undefined || ours === undefined || request === undefined) throw new Error('no answer');
      if (judgeCase({ request, real, ours }, difference).same) return;
      const { shape: _, ...answer } = ours;
      expect.fail(JSON.stringify({ ours: answer, intended: difference?.answer, real }, null, 2));
    });
  });
}
