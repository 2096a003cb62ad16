import { afterAll, beforeAll, expect, test } from 'vitest';
import { idOf, startCloud, type TestCloud } from '../../test/support/test-cloud.ts';

/** The tests send requests from 127.0.0.1, so the caller is the port that has this address. */
let cloud: TestCloud;
let port: string;
let network: string;
const get = (path: string) => fetch(`${cloud.service.metadataUrl}${path}`);

beforeAll(async () => {
  cloud = await startCloud({ metadata: 'mgmt' });
});
afterAll(() => cloud[Symbol.asyncDispose]());

test('a caller whose address belongs to no port of the network gets 404', async () => {
  expect((await get('/openstack/latest/network_data.json')).status).toBe(404);
});

test('a caller gets the metadata of the port that has its address', async () => {
  network = idOf(await cloud.call('alice', 'POST', 'networks', { network: { name: 'mgmt' } }));
  const subnet = {
    network_id: network,
    ip_version: 4,
    // Neutron refuses DHCP on loopback addresses.
    enable_dhcp: false,
    cidr: '127.0.0.0/24',
    gateway_ip: '127.0.0.254',
    dns_nameservers: ['9.9.9.9'],
  };
  await cloud.call('alice', 'POST', 'subnets', { subnet });
  const fixed_ips = [{ ip_address: '127.0.0.1' }];
  const made = await cloud.call('alice', 'POST', 'ports', {
    port: { network_id: network, fixed_ips, device_id: 'vm-1', name: 'vm' },
  });
  port = idOf(made);
  expect(await (await get('/openstack')).text()).toContain('latest');
  expect(await (await get('/openstack/latest/')).text()).toContain('network_data.json');
  expect(await (await get('/openstack/latest/meta_data.json')).json()).toMatchObject({
    uuid: 'vm-1',
    name: 'vm',
  });
  expect(await (await get('/openstack/latest/network_data.json')).json()).toMatchObject({
    links: [{ vif_id: port, ethernet_mac_address: made.body.port?.mac_address, mtu: 1442 }],
    networks: [
      {
        type: 'ipv4',
        ip_address: '127.0.0.1',
        netmask: '255.255.255.0',
        network_id: network,
        routes: [{ network: '0.0.0.0', gateway: '127.0.0.254' }],
      },
    ],
    services: [{ type: 'dns', address: '9.9.9.9' }],
  });
});

test('if two networks have the configured name, the service uses only a shared one', async () => {
  const other = idOf(await cloud.call('bob', 'POST', 'networks', { network: { name: 'mgmt' } }));
  expect((await get('/openstack/latest/network_data.json')).status).toBe(404);
  await cloud.call('admin', 'PUT', `networks/${network}`, { network: { shared: true } });
  expect((await get('/openstack/latest/network_data.json')).status).toBe(200);
  await cloud.call('bob', 'DELETE', `networks/${other}`);
});
