import { writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { openLab, urls } from '@ovn-docker/lab';
import { expect, it } from 'vitest';
import recorded from '../../packages/embedded-neutron/test/data/neutron-answers.json' with { type: 'json' };
import { Api } from '../support/api.ts';
import { LAB } from '../system/raise-lab.ts';

/**
 * The unit tests of embedded-neutron compare its answers with recorded ones; this test verifies the
 * recording. With RECORD=1 it writes a new one.
 */
const lab = openLab(LAB);
const cases = resolve(import.meta.dirname, '../../packages/embedded-neutron/test/cases');
const recording = join(cases, '../data/neutron-answers.json');

it("Neutron answers each of embedded-neutron's cases as recorded", async () => {
  const users = await Promise.all(
    (['alice', 'bob', 'admin'] as const).map(async (user) => [user, (await Api.login(lab, user)).token]),
  );
  const command = [process.execPath, '--conditions=source', join(cases, 'ask-neutron.ts')];
  const input = JSON.stringify({ url: urls.network, tokens: Object.fromEntries(users) });
  const answers: unknown = JSON.parse(
    await lab.machine('phys').must(command, { input, timeoutMs: 1_200_000 }),
  );
  if (process.env['RECORD']) writeFileSync(recording, `${JSON.stringify(answers, null, 2)}\n`);
  else expect(answers).toEqual(recorded);
}, 1_200_000);
