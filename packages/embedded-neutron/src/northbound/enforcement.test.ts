import { afterAll, beforeAll, expect, test } from 'vitest';
import { startNorthd, type TestNorthd } from '../../test/support/northd.ts';
import { idOf, startCloud, type TestCloud } from '../../test/support/test-cloud.ts';

/** Sends packets through ovn-northd and ovn-trace, to test the effect of the rows. */
interface Endpoint {
  readonly id: string;
  readonly mac: string;
  readonly ip: string;
}

let cloud: TestCloud;
let northd: TestNorthd;
let network_id: string;

beforeAll(async () => {
  cloud = await startCloud();
  northd = await startNorthd(cloud.nb);
  network_id = idOf(await cloud.call('alice', 'POST', 'networks', { network: {} }));
  await cloud.call('alice', 'POST', 'subnets', {
    subnet: { network_id, ip_version: 4, cidr: '10.0.0.0/24' },
  });
});
afterAll(async () => {
  await northd[Symbol.asyncDispose]();
  await cloud[Symbol.asyncDispose]();
});

async function endpoint(attributes: object = {}): Promise<Endpoint> {
  const answer = await cloud.call('alice', 'POST', 'ports', { port: { network_id, ...attributes } });
  const { port } = answer.body;
  if (!port) throw new Error(JSON.stringify(answer.body));
  return { id: port.id, mac: port.mac_address, ip: port.fixed_ips[0]?.ip_address ?? '' };
}
const group = async (rules: readonly object[] = []) => {
  const id = idOf(await cloud.call('alice', 'POST', 'security-groups', { security_group: { name: 'g' } }));
  for (const rule of rules) {
    const body = { security_group_rule: { security_group_id: id, direction: 'ingress', ...rule } };
    expect((await cloud.call('alice', 'POST', 'security-group-rules', body)).status).toBe(201);
  }
  return id;
};
const send = (
  from: Endpoint,
  to: Endpoint,
  payload = 'tcp && tcp.dst == 80',
  source: Partial<Endpoint> = {},
) =>
  northd.trace(
    [
      `inport == "${from.id}"`,
      `eth.src == ${source.mac ?? from.mac}`,
      `eth.dst == ${to.mac}`,
      `ip4.src == ${source.ip ?? from.ip}`,
      `ip4.dst == ${to.ip}`,
      'ip.ttl == 64',
      payload,
    ].join(' && '),
  );

test('the default group allows traffic between its members only', async () => {
  const [a, b] = [await endpoint(), await endpoint()];
  const stranger = await endpoint({ security_groups: [await group()] });
  expect(send(a, b)).toEqual([b.id]);
  expect(send(stranger, a)).toEqual([]);
  expect(send(a, stranger)).toEqual([]);
});

test('a rule allows its protocol, ports and source, and nothing more', async () => {
  const client = await endpoint();
  const rules = [
    { protocol: 'tcp', port_range_min: 80, port_range_max: 82, remote_ip_prefix: '10.0.0.0/24' },
    { protocol: 'icmp', port_range_min: 8, port_range_max: 0 },
  ];
  const web = await endpoint({ security_groups: [await group(rules)] });
  expect(send(client, web, 'tcp && tcp.dst == 81')).toEqual([web.id]);
  expect(send(client, web, 'tcp && tcp.dst == 83')).toEqual([]);
  expect(send(client, web, 'udp && udp.dst == 81')).toEqual([]);
  expect(send(client, web, 'icmp4 && icmp4.type == 8 && icmp4.code == 0')).toEqual([web.id]);
});

test('port security drops foreign MACs and addresses, except address pairs and unless it is off', async () => {
  const pair = { allowed_address_pairs: [{ ip_address: '10.0.0.200' }] };
  const [plain, paired, open] = [
    await endpoint(),
    await endpoint(pair),
    await endpoint({ port_security_enabled: false }),
  ];
  const target = await endpoint({ port_security_enabled: false });
  expect(send(plain, target)).toEqual([target.id]);
  expect(send(plain, target, 'tcp', { ip: '10.0.0.200' })).toEqual([]);
  expect(send(plain, target, 'tcp', { mac: '02:00:00:00:00:01' })).toEqual([]);
  expect(send(paired, target, 'tcp', { ip: '10.0.0.200' })).toEqual([target.id]);
  expect(send(open, target, 'tcp', { ip: '10.0.0.200', mac: '02:00:00:00:00:01' })).toEqual([target.id]);
});

test('a port that is administratively down neither receives nor sends', async () => {
  const [a, b] = [await endpoint(), await endpoint({ admin_state_up: false })];
  expect(send(a, b)).toEqual([]);
  expect(send(b, a)).toEqual([]);
});

test('OVN answers DHCP requests itself', async () => {
  const vm = await endpoint();
  const request = [
    `inport == "${vm.id}"`,
    `eth.src == ${vm.mac}`,
    'eth.dst == ff:ff:ff:ff:ff:ff',
    'ip4.src == 0.0.0.0 && ip4.dst == 255.255.255.255 && ip.ttl == 64',
    'udp.src == 68 && udp.dst == 67',
  ].join(' && ');
  // The answer leaves through the port of the request.
  expect(northd.trace(request)).toEqual([vm.id]);
});
