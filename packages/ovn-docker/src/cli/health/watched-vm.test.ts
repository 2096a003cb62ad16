import { expect, it, vi } from 'vitest';
import type { HealthView } from '../../health/types.ts';
import { ofVms } from './open-vms.ts';
import { WatchedVm } from './watched-vm.ts';

const view: HealthView = { ready: true, reasons: [], notes: [], containers: [] };
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
