import { expect, it } from 'vitest';
import type { ContainerView, HealthView } from '../../health/types.ts';
import { age, printHealth } from './print-health.ts';
import { isWell } from './vm-report.ts';

const NOW = Date.parse('2026-11-30T12:00:00Z');
const ago = (seconds: number) => new Date(NOW - seconds * 1000).toISOString();
const container: ContainerView = {
  id: 'c'.repeat(64),
  name: 'web',
  verdict: 'good',
  since: ago(300),
  faults: [],
  state: 'running',
  nics: [
    {
      id: 'nic-1',
      network: 'LS1',
      networkId: 'n-1',
      addresses: ['10.64.0.7/24'],
      portStatus: 'ACTIVE',
      carrier: true,
      gateways: [{ address: '10.64.0.1', answered: ago(7) }],
      probe: { probe: 'tcp:80', passed: true },
    },
  ],
};
const view: HealthView = { ready: true, reasons: [], notes: [], containers: [container] };
const vm = (host: string, change: Partial<HealthView> = {}) => ({ host, ...view, ...change });
const plain = (_: string, text: string) => text;

it('shows a line for each NIC, the faults below it, and a line for each VM that does not answer', () => {
  const second = { ...container.nics[0], network: 'LS2', carrier: false, gateways: [], probe: undefined };
  const faulty = {
    ...container,
    verdict: 'faulty',
    faults: ['LS2: no carrier'],
    dockerHealth: 'healthy',
    nics: [...container.nics, second],
  } as unknown as ContainerView;
  const error = { code: 'E_SSH', message: 'ssh ended', hint: 'try ssh' };
  const text = printHealth(
    [
      vm('vm-a', { containers: [container, faulty] }),
      { host: 'vm-b', error },
      vm('vm-c', { ready: false, reasons: ['no NIC'], containers: [] }),
    ],
    NOW,
    plain,
  );
  expect(
    text,
  ).toBe(`HOST  CONTAINER  VERDICT    SINCE  DOCKER   NETWORK  ADDRESSES     PORT    LINK  GATEWAY  PROBE
vm-a  web        good       5m     running  LS1      10.64.0.7/24  ACTIVE  up    7s       tcp:80 passes
vm-a  web        faulty     5m     healthy  LS1      10.64.0.7/24  ACTIVE  up    7s       tcp:80 passes
vm-a                                        LS2      10.64.0.7/24  ACTIVE  down  -        -
    LS2: no carrier
vm-b  -          no answer
    ssh ended [E_SSH]
    hint: try ssh
vm-c  -          not ready
    no NIC
`);
});

it('paints whole lines by their verdict', () => {
  const text = printHealth([vm('vm-a')], NOW, (colour, line) => `<${colour}>${line}`);
  expect(text.split('\n').map((line) => line.slice(0, 7))).toEqual(['HOST  C', '<green>', '']);
});

it.each([
  [0, '0s'],
  [119, '119s'],
  [120, '2m'],
  [7200, '2h'],
  [172_800, '2d'],
  [-5, '0s'],
])('an age of %i seconds is %s', (seconds, text) => {
  expect(age(ago(seconds), NOW)).toBe(text);
});

it('a VM is well when it answers, is ready, and has no faulty container', () => {
  expect(isWell(vm('a'))).toBe(true);
  expect(isWell(vm('a', { notes: ['only 3 warm NICs'] }))).toBe(true);
  expect(isWell(vm('a', { ready: false }))).toBe(false);
  expect(isWell({ host: 'b', error: { code: 'E_SSH', message: '', hint: '' } })).toBe(false);
  expect(isWell(vm('a', { containers: [{ ...container, verdict: 'faulty' }] }))).toBe(false);
  for (const verdict of ['stopped', 'starting'] as const)
    expect(isWell(vm('a', { containers: [{ ...container, verdict }] }))).toBe(true);
});
