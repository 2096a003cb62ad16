import { OpenStackError } from '@ovn-docker/openstack';
import { expect, it } from 'vitest';
import { OvnDockerError } from '../../errors.ts';
import type { Check } from './check.ts';
import { printReport } from './print-report.ts';
import { type CheckReport, runChecklist } from './run-checklist.ts';

/** The names of the checks that were run. */
type Context = string[];

function good(name: string, ...facts: string[]): Check<Context> {
  return {
    name,
    async run(context) {
      context.push(name);
      return { facts };
    },
  };
}

function broken(name: string, error: unknown): Check<Context> {
  return {
    name,
    run: async () => {
      throw error;
    },
  };
}

async function reportsOf(checks: readonly Check<Context>[], context: Context = []): Promise<CheckReport[]> {
  return Array.fromAsync(runChecklist(checks, context));
}

it('reports the facts and the duration of each check', async () => {
  const reports = await reportsOf([good('a', 'one'), good('b', 'two', 'three')]);
  expect(reports).toEqual([
    { check: 'a', state: 'good', facts: ['one'], ms: expect.any(Number) },
    { check: 'b', state: 'good', facts: ['two', 'three'], ms: expect.any(Number) },
  ]);
});

it('stops at the first broken check', async () => {
  const context: Context = [];
  const error = new OvnDockerError('E_MTU', 'too small');
  const checks = [good('a'), broken('b', error), good('c'), broken('d', error)];
  const reports = await reportsOf(checks, context);
  expect(reports.map(({ state }) => state)).toEqual(['good', 'broken', 'not looked at', 'not looked at']);
  expect(reports[1]).toMatchObject({ check: 'b', error });
  expect(context).toEqual(['a']);
});

it('continues after a skipped check', async () => {
  const skipped: Check<Context> = { name: 'a', run: async () => ({ facts: ['no agent'], isSkipped: true }) };
  const reports = await reportsOf([skipped, good('b')]);
  expect(reports.map(({ state }) => state)).toEqual(['skipped', 'good']);
});

it('continues after a warning, and prints it with its hint', async () => {
  const warnings = [{ message: 'it will end', hint: 'renew it' }];
  const warned: Check<Context> = { name: 'a', run: async () => ({ facts: ['works'], warnings }) };
  const reports = await reportsOf([warned, good('b')]);
  expect(reports.map(({ state }) => state)).toEqual(['warning', 'good']);
  expect(printReport(reports[0] as CheckReport, 2).replace(/\d+\.\d\d s/, 'TIME')).toBe(
    '! a   works  TIME\n      warning: it will end\n      hint: renew it\n',
  );
});

it('reports an error of a client under its own code, and a defect as E_INTERNAL', async () => {
  const call = { method: 'GET', url: 'http://neutron.test/' };
  const forbidden = new OpenStackError(call, { status: 403, type: '', reason: 'no' });
  expect((await reportsOf([broken('a', forbidden)]))[0]).toMatchObject({ error: { code: 'E_FORBIDDEN' } });
  const defect = new TypeError('not a function');
  expect((await reportsOf([broken('a', defect)]))[0]).toMatchObject({ error: { code: 'E_INTERNAL' } });
});

it('prints a mark, the facts, the error and the hint', async () => {
  const error = new OvnDockerError('E_TRUNK', 'it is down', { hint: 'raise it' });
  const reports = await reportsOf([good('one', 'first', 'second'), broken('second', error), good('third')]);
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
