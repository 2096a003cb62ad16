import { isDeepStrictEqual } from 'node:util';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { type ReplayCloud, recordingOf, startReplayCloud } from '../../test/support/replay-cloud.ts';
import { aliceSession } from '../../test/support/session.ts';
import type { Session } from '../identity/session.ts';
import { Neutron } from './neutron.ts';
import type { SubPort, Trunk } from './trunk-types.ts';

let cloud: ReplayCloud;
let session: Session;
let neutron: Neutron;

beforeEach(async () => {
  cloud = await startReplayCloud('identity', 'trunks', 'errors');
  session = aliceSession(cloud);
  neutron = new Neutron(session);
});

afterEach(async () => {
  await session.close();
  await cloud[Symbol.asyncDispose]();
});

/** Ids in the recordings. */
const trunk = 'f986b4d8-8f15-45d6-9213-38d8cce238d9';
const parent = 'b5a96bc0-7f15-4ffd-b545-d91b570fcd8b';
const vlan = (port_id: string, segmentation_id: number): SubPort => ({
  port_id,
  segmentation_type: 'vlan',
  segmentation_id,
});

test('create, without and with subports', async () => {
  const created = await neutron.trunks.create({ port_id: parent, name: 'vm1-trunk' });
  expect(created).toMatchObject({ id: trunk, port_id: parent, sub_ports: [], status: 'ACTIVE' });
  const sub_ports = [vlan('7e74602a-6b55-4e93-a941-b7275f0f2f63', 7)];
  const full = await neutron.trunks.create({ port_id: '0c22e13e-9e0d-43a3-8e5b-d314ba8d6bf0', sub_ports });
  expect(full.sub_ports).toEqual(sub_ports);
});

test('all finds a trunk by its parent port', async () => {
  const trunks = await neutron.trunks.all({ port_id: parent });
  expect(trunks.map(({ id }) => id)).toEqual([trunk]);
});

test('get and subports return the subports', async () => {
  const { trunk: recorded } = recordingOf('trunks', '125').response.body as { trunk: Trunk };
  expect(await neutron.trunks.get(trunk)).toEqual(recorded);
  expect(await neutron.trunks.subports(trunk)).toEqual(recorded.sub_ports);
});

test('addSubports returns the trunk', async () => {
  const subport = vlan('a9816832-7028-4c3f-9bb0-c0ab253f614d', 101);
  const changed = await neutron.trunks.addSubports(trunk, [subport]);
  expect(changed).toMatchObject({ id: trunk, revision_number: 2, sub_ports: [subport] });
});

test('removeSubports returns the trunk and sends only ids', async () => {
  const changed = await neutron.trunks.removeSubports(trunk, [
    vlan('7e74602a-6b55-4e93-a941-b7275f0f2f63', 202),
  ]);
  expect(changed.sub_ports.map(({ segmentation_id }) => segmentation_id)).toEqual([101, 201, 4094]);
});

test('the time limit grows with the number of subports', async () => {
  cloud.interpose(({ method }) => (method === 'PUT' ? { status: 200, body: {} } : undefined));
  const request = vi.spyOn(session, 'request');
  const subports = [101, 102, 103].map((vlanId) => vlan(`port-${vlanId}`, vlanId));
  await neutron.trunks.addSubports(trunk, subports);
  await neutron.trunks.removeSubports(trunk, subports.slice(1));
  expect(request.mock.calls.map(([{ moreTimeMs }]) => moreTimeMs)).toEqual([3000, 2000]);
});

test('delete', async () => {
  await expect(neutron.trunks.delete('0685c9cd-ac65-4f31-b03d-ecaf6f40aff4')).resolves.toBeUndefined();
});

/** Recordings of refused requests that add or remove subports. */
test.each([
  ['errors', '110', 409, 'DuplicateSubPort', 'OPENSTACK_CONFLICT'],
  ['errors', '303', 409, 'TrunkDisabled', 'OPENSTACK_CONFLICT'],
  ['errors', '153', 404, 'SubPortNotFound', 'OPENSTACK_NOT_FOUND'],
  ['trunks', '111', 409, 'TrunkPortInUse', 'OPENSTACK_CONFLICT'],
  ['trunks', '115', 400, 'InvalidInput', 'OPENSTACK_BAD_REQUEST'],
  ['trunks', '124', 404, 'PortNotFound', 'OPENSTACK_NOT_FOUND'],
])(
  'the refusal of recording %s %s is an error with its status and type',
  async (group, number, status, type, code) => {
    const { request, response } = recordingOf(group, number);
    const [, id = '', action] = /trunks\/([^/]+)\/(.*)$/.exec(request.url) ?? [];
    const { sub_ports } = request.body as { sub_ports: SubPort[] };
    cloud.interpose(({ url, body }) =>
      url === request.url && isDeepStrictEqual(body, request.body) ? response : undefined,
    );
    const call =
      action === 'add_subports'
        ? neutron.trunks.addSubports(id, sub_ports)
        : neutron.trunks.removeSubports(id, sub_ports);
    const requestId = response.headers['x-openstack-request-id'];
    await expect(call).rejects.toMatchObject({ status, type, code, requestId, method: 'PUT' });
  },
);
