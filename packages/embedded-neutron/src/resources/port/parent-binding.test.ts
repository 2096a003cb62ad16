import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { idOf, type Person, startCloud, type TestCloud } from '../../../test/support/test-cloud.ts';

/** The source document: "Neutron in turn will verify that the vif-id belongs to the tenant in question." */
let cloud: TestCloud;
const ids: Record<string, string> = {};
const port = (person: Person, attributes: object) =>
  cloud.call(person, 'POST', 'ports', { port: { network_id: ids[`${person}-net`], ...attributes } });
const under = (parent_name: unknown, tag: unknown) => ({ 'binding:profile': { parent_name, tag } });

beforeAll(async () => {
  cloud = await startCloud();
  for (const person of ['alice', 'bob', 'admin'] as const) {
    ids[`${person}-net`] = idOf(await cloud.call(person, 'POST', 'networks', { network: {} }));
    ids[`${person}-vm`] = idOf(await port(person, { name: 'vm' }));
  }
});
afterAll(() => cloud[Symbol.asyncDispose]());

describe('binding:profile {parent_name, tag}', () => {
  test.each([
    ['a parent of another tenant', 'bob', () => under(ids['alice-vm'], 5), 404, 'PortNotFound'],
    ['a parent that does not exist', 'alice', () => under('no-such-port', 5), 404, 'PortNotFound'],
    ['no tag', 'alice', () => ({ 'binding:profile': { parent_name: ids['alice-vm'] } }), 400, 'InvalidInput'],
    ['tag 0', 'alice', () => under(ids['alice-vm'], 0), 400, 'InvalidInput'],
    ['tag 4095', 'alice', () => under(ids['alice-vm'], 4095), 400, 'InvalidInput'],
    ['a tag that is text', 'alice', () => under(ids['alice-vm'], '5'), 400, 'InvalidInput'],
    ['a parent that is not text', 'alice', () => under(5, 5), 400, 'InvalidInput'],
  ] as const)('%s is refused', async (_what, person, attributes, status, type) => {
    const answer = await port(person, attributes());
    expect([answer.status, answer.body.NeutronError?.type]).toEqual([status, type]);
  });

  test('tags 1 and 4094 can be used once under each parent', async () => {
    for (const tag of [1, 4094]) {
      const answer = await port('alice', under(ids['alice-vm'], tag));
      expect(answer.body.port?.['binding:profile']).toEqual({ parent_name: ids['alice-vm'], tag });
      expect((await port('alice', under(ids['alice-vm'], tag))).body.NeutronError?.type).toBe(
        'ParentTagInUse',
      );
      // Each VM has its own VLANs.
      const other = idOf(await port('alice', {}));
      expect((await port('alice', under(other, tag))).status).toBe(201);
    }
  });

  test('one bulk request cannot use a tag twice', async () => {
    const network_id = ids['alice-net'];
    const twice = [7, 7].map((tag) => ({ network_id, ...under(ids['alice-vm'], tag) }));
    const answer = await cloud.call('alice', 'POST', 'ports', { ports: twice });
    expect(answer.body.NeutronError?.type).toBe('ParentTagInUse');
  });

  test('a nested port cannot be a parent', async () => {
    const child = idOf(await port('alice', under(ids['alice-vm'], 20)));
    expect((await port('alice', under(child, 21))).body.NeutronError?.type).toBe('ParentPortNested');
    const move = { port: under(child, 22) };
    const vm = await cloud.call('alice', 'PUT', `ports/${ids['alice-vm']}`, move);
    expect(vm.body.NeutronError?.type).toBe('ParentPortNested');
    const stranger = idOf(await port('alice', {}));
    const down = await cloud.call('alice', 'PUT', `ports/${ids['alice-vm']}`, { port: under(stranger, 22) });
    expect(down.body.NeutronError?.type).toBe('PortIsParent');
    const trunk = await cloud.call('alice', 'POST', 'trunks', { trunk: { port_id: child } });
    expect(trunk.body.NeutronError?.type).toBe('ParentPortInUse');
  });

  test('binding:profile cannot change a subport of a trunk', async () => {
    const parent = idOf(await port('alice', {}));
    const sub = idOf(await port('alice', {}));
    const sub_ports = [{ port_id: sub, segmentation_type: 'vlan', segmentation_id: 30 }];
    expect(
      (await cloud.call('alice', 'POST', 'trunks', { trunk: { port_id: parent, sub_ports } })).status,
    ).toBe(201);
    const moved = await cloud.call('alice', 'PUT', `ports/${sub}`, { port: under(parent, 31) });
    expect(moved.body.NeutronError?.type).toBe('PortInUseByTrunk');
    const same = await cloud.call('alice', 'PUT', `ports/${sub}`, { port: under(parent, 30) });
    expect(same.status).toBe(200);
    expect((await port('alice', under(parent, 30))).body.NeutronError?.type).toBe('ParentTagInUse');
    const nested = idOf(await port('alice', under(parent, 32)));
    const stolen = [{ port_id: nested, segmentation_type: 'vlan', segmentation_id: 33 }];
    const trunks = await cloud.call('alice', 'GET', `trunks?port_id=${parent}`);
    const path = `trunks/${trunks.body.trunks?.[0]?.id}/add_subports`;
    const added = await cloud.call('alice', 'PUT', path, { sub_ports: stolen });
    expect(added.body.NeutronError?.type).toBe('TrunkPortInUse');
  });

  test('a subport with a larger MTU than its trunk is refused', async () => {
    const networks = await Promise.all(
      [1400, 1401].map((mtu) => cloud.call('alice', 'POST', 'networks', { network: { mtu } })),
    );
    const [small = '', large = ''] = networks.map(idOf);
    const parent = idOf(await port('alice', { network_id: small }));
    const trunk = await cloud.call('alice', 'POST', 'trunks', { trunk: { port_id: parent } });
    const add = async (network_id: string, segmentation_id: number) => {
      const port_id = idOf(await port('alice', { network_id }));
      const sub_ports = [{ port_id, segmentation_type: 'vlan', segmentation_id }];
      return cloud.call('alice', 'PUT', `trunks/${idOf(trunk)}/add_subports`, { sub_ports });
    };
    expect((await add(large, 1)).body.NeutronError?.type).toBe('SubPortMtuGreaterThanTrunkPortMtu');
    expect((await add(small, 1)).status).toBe(200);
  });

  test('on a shared network a tenant can nest ports only under an own VM', async () => {
    const shared = idOf(await cloud.call('admin', 'POST', 'networks', { network: { shared: true } }));
    expect((await port('bob', { network_id: shared, ...under(ids['bob-vm'], 5) })).status).toBe(201);
    const foreign = await port('bob', { network_id: shared, ...under(ids['alice-vm'], 5) });
    expect(foreign.body.NeutronError?.type).toBe('PortNotFound');
  });
});
