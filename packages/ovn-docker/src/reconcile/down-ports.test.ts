import type { Port } from '@ovn-docker/openstack';
import { expect, it } from 'vitest';
import { DownPorts } from './down-ports.ts';

const port = (id: string, status: string, more: Partial<Port> = {}) =>
  ({ id, status, admin_state_up: true, ...more }) as Port;

it('scenario 12: remembers since when a port is DOWN, until it is ACTIVE or deleted', () => {
  const down = new DownPorts();
  down.update([port('a', 'DOWN'), port('b', 'DOWN'), port('c', 'ACTIVE')], 'ACTIVE', 1);
  down.update([port('a', 'DOWN'), port('b', 'ACTIVE')], 'ACTIVE', 2);
  expect(['a', 'b', 'c'].map((id) => down.get(id)?.since)).toEqual([1, undefined, undefined]);
  down.countRepair('a', 3);
  expect(down.get('a')).toEqual({ since: 3, tries: 1 });
  down.update([], 'ACTIVE', 4);
  expect(down.get('a')).toBeUndefined();
});

it('ignores ports that are administratively down, and all ports while the VM is DOWN', () => {
  const down = new DownPorts();
  const off = port('a', 'DOWN', { admin_state_up: false });
  down.update([off, port('b', 'DOWN'), port('c', 'ACTIVE')], 'ACTIVE', 1);
  expect([down.get('a'), down.get('b')?.since]).toEqual([undefined, 1]);
  down.update([port('b', 'DOWN')], 'DOWN', 2);
  expect(down.get('b')).toBeUndefined();
  down.update([port('b', 'DOWN')], 'ACTIVE', 3);
  expect(down.get('b')?.since).toBe(3);
});

it('ignores DOWN of a kind of port that Neutron has never reported ACTIVE', () => {
  const down = new DownPorts();
  const subport = { device_owner: 'trunk:subport' };
  const ports = [port('a', 'ACTIVE', subport), port('b', 'DOWN', subport), port('c', 'DOWN')];
  down.update(ports, 'ACTIVE', 1);
  expect(['b', 'c'].map((id) => down.get(id)?.since)).toEqual([1, undefined]);
});

it('ignores DOWN until Neutron has reported a port ACTIVE', () => {
  const down = new DownPorts();
  down.update([port('a', 'DOWN'), port('b', 'DOWN')], 'ACTIVE', 1);
  expect(down.get('a')).toBeUndefined();
  down.update([port('a', 'DOWN'), port('b', 'ACTIVE')], 'ACTIVE', 2);
  down.update([port('a', 'DOWN')], 'ACTIVE', 3);
  expect(down.get('a')?.since).toBe(2);
});

it('scenario 46: many ports are DOWN together until a repair has helped one of them', () => {
  const ids = ['a', 'b', 'c', 'd', 'e', 'f', 'g'];
  const down = new DownPorts();
  const update = (at: number, ...active: string[]) => {
    const ports = ids.map((id) => port(id, active.includes(id) ? 'ACTIVE' : 'DOWN'));
    down.update([...ports, port('other', 'ACTIVE')], 'ACTIVE', at);
  };
  update(1, 'a', 'b');
  expect(down.areTogether).toBe(false);
  update(2);
  expect(down.areTogether).toBe(true);
  // A port that goes ACTIVE by itself proves nothing.
  update(3, 'g');
  expect(down.areTogether).toBe(true);
  down.countRepair('a', 4);
  update(5, 'a');
  update(6);
  expect(down.areTogether).toBe(false);
  for (let tries = 0; tries <= 3; tries++) down.countRepair('b', 7);
  update(8);
  expect(down.areTogether).toBe(true);
});
