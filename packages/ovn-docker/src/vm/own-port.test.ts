import type { Neutron, Port } from '@ovn-docker/openstack';
import { expect, it } from 'vitest';
import { findParentPort } from './own-port.ts';

const mac = 'fa:16:3e:00:00:01';
const withPorts = (...ids: string[]) => {
  const ports = ids.map((id) => ({ id, mac_address: mac }) as unknown as Port);
  const all = async (query: { mac_address: string }) => (query.mac_address === mac ? ports : []);
  return { ports: { all } } as unknown as Neutron;
};
const vm = { macs: ['fa:16:3e:00:00:99', mac], metadataUrl: '' };

it("finds the port with the uplink's MAC address", async () => {
  expect(await findParentPort(withPorts('a'), vm)).toMatchObject({ port: { id: 'a' }, source: 'neutron' });
});

it('two ports with the MAC address: an error asks the user to name one', async () => {
  await expect(findParentPort(withPorts('a', 'b'), vm)).rejects.toMatchObject({
    code: 'E_VIF_NOT_FOUND',
    message: expect.stringContaining('a, b'),
    hint: expect.stringContaining('--vif-id'),
  });
});
