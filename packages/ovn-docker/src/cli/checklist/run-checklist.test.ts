import type { Rtnetlink } from '@ovn-docker/netlink';
import { OpenStackError } from '@ovn-docker/openstack';
import { expect, it } from 'vitest';
import { parseAgentConfig } from '../../config/agent-config.ts';
import { OvnDockerError } from '../../errors.ts';
import { links } from '../doctor/checks.ts';
import type { Link, Patient } from './check.ts';
import { need } from './check.ts';
import { printReport } from './print-report.ts';
import { type LinkReport, walk } from './run-checklist.ts';

/** Nothing that a made-up link would look at. */
const patient: Patient = {
  settings: { options: {}, config: parseAgentConfig('{}', 'test'), sources: {} },
  netlink: {} as Rtnetlink,
  closing: new AsyncDisposableStack(),
  found: {},
};

const good = (name: string, ...facts: string[]): Link => ({ name, look: async () => ({ facts }) });

function broken(name: string, error: unknown): Link {
  return {
    name,
    look: async () => {
      throw error;
    },
  };
}

async function reportsOf(...chain: Link[]): Promise<LinkReport[]> {
  return Array.fromAsync(walk(chain, patient));
}

it('the chain is the one of issue 5', () => {
  expect(links.map(({ name }) => name)).toEqual([
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

it('all good: what each saw, and how long it took', async () => {
  const reports = await reportsOf(good('a', 'one'), good('b', 'two', 'three'));
  expect(reports).toEqual([
    { link: 'a', state: 'good', facts: ['one'], ms: expect.any(Number) },
    { link: 'b', state: 'good', facts: ['two', 'three'], ms: expect.any(Number) },
  ]);
});

it('stops at the first that is broken: what comes after it is not even asked', async () => {
  let asked = false;
  const after: Link = {
    name: 'c',
    look: async () => {
      asked = true;
      return { facts: [] };
    },
  };
  const error = new OvnDockerError('E_MTU', 'too small');
  const reports = await reportsOf(good('a'), broken('b', error), after, broken('d', error));
  expect(reports.map(({ state }) => state)).toEqual(['good', 'broken', 'not looked at', 'not looked at']);
  expect(reports[1]).toMatchObject({ link: 'b', error });
  expect(asked).toBe(false);
});

it('goes on after one that could not be tried', async () => {
  const skipped: Link = { name: 'a', look: async () => ({ facts: ['no agent'], isSkipped: true }) };
  const reports = await reportsOf(skipped, good('b'));
  expect(reports.map(({ state }) => state)).toEqual(['skipped', 'good']);
});

it('an error of a client becomes one of ours; a defect is said to be one', async () => {
  const call = { method: 'GET', url: 'http://neutron.test/' };
  const forbidden = new OpenStackError(call, { status: 403, type: '', reason: 'no' });
  expect((await reportsOf(broken('a', forbidden)))[0]).toMatchObject({ error: { code: 'E_FORBIDDEN' } });
  const defect: Link = { name: 'a', look: async () => ({ facts: [need(patient, 'token').id] }) };
  expect((await reportsOf(defect))[0]).toMatchObject({ error: { code: 'E_INTERNAL' } });
});

it('what a person reads', async () => {
  const error = new OvnDockerError('E_TRUNK', 'it is down', { hint: 'raise it' });
  const reports = await reportsOf(good('one', 'first', 'second'), broken('second', error), good('third'));
  const text = reports.map((report) => printReport(report, 6)).join('');
  expect(text.replace(/\d+\.\d\d s/g, 'TIME')).toBe(
    [
      '✓ one     first  TIME',
      '          second',
      '✗ second  it is down [E_TRUNK]  TIME',
      '          hint: raise it',
      '· third   not looked at',
      '',
    ].join('\n'),
  );
});
