import { afterAll, beforeAll, expect, test } from 'vitest';
import { startCloud, type TestCloud } from '../../../test/support/test-cloud.ts';

/** A cloud that, like ML2/OVS, accepts no new trunk on a bound port. */
let cloud: TestCloud;
let network: string;

beforeAll(async () => {
  cloud = await startCloud({ network: { trunk_on_bound_port: false } });
  network =
    (await cloud.call('alice', 'POST', 'networks', { network: { name: 'n' } })).body.network?.id ?? '';
});
afterAll(() => cloud[Symbol.asyncDispose]());

const newPort = async () =>
  (await cloud.call('alice', 'POST', 'ports', { port: { network_id: network } })).body.port?.id ?? '';
const newTrunk = (port: string) => cloud.call('alice', 'POST', 'trunks', { trunk: { port_id: port } });
const bind = (port: string, host: string) =>
  cloud.call('admin', 'PUT', `ports/${port}`, { port: { 'binding:host_id': host } });

test('a trunk on a bound port is refused with ParentPortInUse, in the words of Neutron', async () => {
  const port = await newPort();
  await bind(port, 'hv1');
  const { status, body } = await newTrunk(port);
  expect([status, body.NeutronError]).toEqual([
    409,
    {
      type: 'ParentPortInUse',
      message: `Port ${port} is currently in use and is not eligible for use as a parent port.`,
      detail: '',
    },
  ]);
  await bind(port, '');
  expect((await newTrunk(port)).status).toBe(201);
});

test('a trunk that was created before its port was bound takes subports, and cannot be deleted', async () => {
  const [parent, child] = [await newPort(), await newPort()];
  const { trunk } = (await newTrunk(parent)).body;
  await bind(parent, 'hv1');
  const sub_ports = [{ port_id: child, segmentation_type: 'vlan', segmentation_id: 5 }];
  const added = await cloud.call('alice', 'PUT', `trunks/${trunk?.id}/add_subports`, { sub_ports });
  expect(added.status).toBe(200);
  const deleted = await cloud.call('alice', 'DELETE', `trunks/${trunk?.id}`);
  expect([deleted.status, deleted.body.NeutronError?.type]).toEqual([409, 'TrunkInUse']);
  await bind(parent, '');
  expect((await cloud.call('alice', 'DELETE', `trunks/${trunk?.id}`)).status).toBe(204);
});

test('a port that a hypervisor reports as up is bound', async () => {
  const port = await newPort();
  cloud.nb.nbctl('set', 'Logical_Switch_Port', port, 'up=true');
  await expect
    .poll(async () => (await cloud.call('alice', 'GET', `ports/${port}`)).body.port?.status)
    .toBe('ACTIVE');
  expect((await newTrunk(port)).body.NeutronError?.type).toBe('ParentPortInUse');
});
