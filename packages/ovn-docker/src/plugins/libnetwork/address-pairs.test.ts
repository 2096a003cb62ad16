import { expect, it } from 'vitest';
import type { Nic } from '../../nics/nic.ts';
import { AddressPairs } from './address-pairs.ts';

const nic = (id: string) => ({ id }) as Nic;

it('serves one container at a time: both addresses are of the same NIC', async () => {
  const pairs = new AddressPairs();
  const events: string[] = [];
  const start = async (id: string) => {
    const first = await pairs.first('net', async () => nic(id));
    events.push(first.id);
    await Promise.resolve();
    events.push(pairs.second('net')?.id ?? 'none');
  };
  await Promise.all(['a', 'b', 'c'].map(start));
  expect(events).toEqual(['a', 'a', 'b', 'b', 'c', 'c']);
  expect(pairs.second('net')).toBeUndefined();
});

it('serves the next container when a claim fails, and when Docker requests no second address', async () => {
  const pairs = new AddressPairs();
  await expect(pairs.first('net', () => Promise.reject(new Error('full')))).rejects.toThrow('full');
  await pairs.first('net', async () => nic('a'));
  expect((await pairs.first('net', async () => nic('b'))).id).toBe('b');
  expect(pairs.second('net')?.id).toBe('b');
});

it('does not keep one network waiting for another', async () => {
  const pairs = new AddressPairs();
  await pairs.first('one', async () => nic('a'));
  await pairs.first('two', async () => nic('b'));
  expect([pairs.second('one')?.id, pairs.second('two')?.id]).toEqual(['a', 'b']);
});
