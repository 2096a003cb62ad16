import { expect, it } from 'vitest';
import { runChecklist } from '../checklist/run-checklist.ts';
import { checks } from './checks.ts';
import { requireFinding } from './context.ts';

it('lists the checks from the threads of the switch to a warm NIC', () => {
  expect(checks.map(({ name }) => name)).toEqual([
    'switch threads',
    'bridge MTU',
    'clock',
    'credential',
    'catalog',
    'extensions',
    'network',
    'vif-id',
    'trunk',
    'OVS bridge and uplink',
    'network files',
    'VLANs',
    'datapath',
    'guard flows',
    'MTU',
    'dockerd',
    "root's Docker",
    'Docker release',
    'unit',
    'NICs',
    'one warm NIC',
  ]);
});

it('a check fails with E_INTERNAL if no earlier check has stored the finding that it requires', async () => {
  const context = { findings: {} };
  const check = { name: 'a', run: async () => ({ facts: [requireFinding(context, 'access').projectId] }) };
  const [report] = await Array.fromAsync(runChecklist([check], context));
  expect(report).toMatchObject({ error: { code: 'E_INTERNAL' } });
});
