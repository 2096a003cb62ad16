import type { Neutron, Port } from '@ovn-docker/openstack';
import { expect, it } from 'vitest';
import { findVmPort } from './find-vm-port.ts';

const ID = '00000000-0000-4000-8000-000000000001';
const port = (id: string, name: string, device_id: string) =>
  ({ id, name, device_id, mac_address: `mac-${id}` }) as Port;
const all = [
  port(ID, 'vm-1', 'server-1'),
  port('b', 'vm-2', 'server-2'),
  port('c', 'vm-2', 'server-2'),
  port('d', 'mine', ''),
];
const neutron = {
  ports: {
    all: async (query: Readonly<Record<string, string>>) =>
      all.filter((each) => Object.entries(query).every(([key, value]) => each[key as 'id'] === value)),
  },
} as unknown as Neutron;

it.each([
  ['its id', ID, ID],
  ['its name', 'mine', 'd'],
  ['the id of its server', 'server-1', ID],
])("finds the VM's port by %s", async (_what, vm, id) => {
  expect((await findVmPort(neutron, vm)).id).toBe(id);
});

it.each([
  ['an unknown name', 'nowhere', 'E_VIF_UNKNOWN', 'no port with the id or name "nowhere"'],
  ['a name of several ports', 'vm-2', 'E_VIF_NOT_FOUND', '2 ports: b (mac-b), c (mac-c)'],
  ['a server with several ports', 'server-2', 'E_VIF_NOT_FOUND', 'server server-2 has 2 ports'],
])('refuses %s', async (_what, vm, code, message) => {
  await expect(findVmPort(neutron, vm)).rejects.toMatchObject({
    code,
    message: expect.stringContaining(message),
  });
});
