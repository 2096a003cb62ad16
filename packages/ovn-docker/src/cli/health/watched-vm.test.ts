import { expect, it, vi } from 'vitest';
import type { HealthView } from '../../health/types.ts';
import { ofVms } from './open-vms.ts';
import { printHealth } from './print-health.ts';
import { WatchedVm } from './watched-vm.ts';

const view: HealthView = { ready: true, reasons: [], notes: [], containers: [] };
const container = {
  id: 'c',
  name: 'web',
  verdict: 'good',
  since: new Date(0).toISOString(),
  faults: [],
  state: 'running',
  nics: [],
} as const;
const never = new AbortController().signal;
const isNever = () => new Promise<never>(() => undefined);

/** A VM whose agent answers with the results of `ask`. */
function scene(ask: () => Promise<HealthView>) {
  const dispose = vi.fn(async () => undefined);
  const open = vi.fn(async () => ({ agent: { health: ask }, [Symbol.asyncDispose]: dispose }));
  return { vm: new WatchedVm('vm-a', open, 50), open, dispose };
}

it('one VM that refuses, and one that never answers, do not hide the others', async () => {
  const refusing = new WatchedVm('vm-b', () => Promise.reject(new Error('refused')), 50);
  const silent = new WatchedVm('vm-c', isNever, 1);
  const { vm } = scene(async () => view);
  const reports = await ofVms([refusing, silent, vm]).look(never);
  expect(reports).toMatchObject([
    { host: 'vm-b', error: { message: expect.stringContaining('refused') } },
    { host: 'vm-c', error: { code: 'E_AGENT_NOT_RUNNING', message: 'no answer in 0.001 s' } },
    { host: 'vm-a', ready: true },
  ]);
});

it.each([
  ['no object', null],
  ['another answer', { ready: true }],
  ['a container without a name', { ...view, containers: [{ id: 'c' }] }],
  ['a verdict that does not exist', { ...view, containers: [{ ...container, verdict: 'x' }] }],
  ['no list of faults', { ...view, containers: [{ ...container, faults: 'x' }] }],
  ['NICs without addresses', { ...view, containers: [{ ...container, nics: [{}] }] }],
])('a VM that answers with %s does not hide the others', async (_, answer) => {
  const strange = scene(async () => answer as HealthView).vm;
  const reports = await ofVms([strange, scene(async () => view).vm]).look(never);
  expect(reports).toMatchObject([{ error: { code: 'E_VERSION' } }, { ready: true }]);
  expect(printHealth(reports ?? [], 0, (__, text) => text)).toContain('no answer');
});

it('shows a container of a later version, with more than this one knows', async () => {
  const answer = { ...view, containers: [{ ...container, later: 1 }], later: 1 };
  expect(await scene(async () => answer).vm.report()).toMatchObject(answer);
});

it('keeps its connection between looks, and connects again after a failure', async () => {
  const ask = vi.fn(async () => view);
  const { vm, open, dispose } = scene(ask);
  await vm.report();
  await vm.report();
  expect(open).toHaveBeenCalledTimes(1);
  ask.mockRejectedValueOnce(new Error('closed'));
  expect(await vm.report()).toHaveProperty('error');
  expect(dispose).toHaveBeenCalledTimes(1);
  expect(await vm.report()).toMatchObject({ ready: true });
  expect(open).toHaveBeenCalledTimes(2);
  await vm[Symbol.asyncDispose]();
  await vi.waitFor(() => expect(dispose).toHaveBeenCalledTimes(2));
});

it('asks 100 VMs, in their order, and gives up when the user interrupts it', async () => {
  const vms = Array.from({ length: 100 }, (_, index) => {
    const open = async () => ({
      agent: { health: async () => view },
      [Symbol.asyncDispose]: async () => undefined,
    });
    return new WatchedVm(`vm-${index}`, open);
  });
  const reports = await ofVms(vms).look(never);
  expect(reports?.map(({ host }) => host)).toEqual(vms.map((_, index) => `vm-${index}`));
  const stop = new AbortController();
  const looking = ofVms([new WatchedVm('vm-a', isNever)]).look(stop.signal);
  stop.abort();
  expect(await looking).toBeUndefined();
});
