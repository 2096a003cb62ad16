import { expect, it } from 'vitest';
import { runChecklist } from '../checklist/run-checklist.ts';
import { checks } from './checks.ts';
import { requireFinding } from './context.ts';

it('lists the checks in the order of issue 5', () => {
  expect(checks.map(({ name }) => name)).toEqual([
    'credential',
    'catalog',
    'extensions',
    'vif-id',
    'trunk',
    'VLANs',
    'OVS bridge and uplink',
    'datapath',
    'MTU',
    'dockerd',
    'one warm NIC',
  ]);
});

it('a check that needs what no earlier check has found is a defect', async () => {
  const context = { findings: {} };
  const check = { name: 'a', run: async () => ({ facts: [requireFinding(context, 'token').id] }) };
  const [report] = await Array.fromAsync(runChecklist([check], context));
  expect(report).toMatchObject({ error: { code: 'E_INTERNAL' } });
});
