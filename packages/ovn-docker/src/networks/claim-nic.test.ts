import { expect, it } from 'vitest';
import { lost } from '../../test/support/fake-neutron.ts';
import { booksOf, createWorld, restart, VIF, type World } from '../../test/support/world.ts';
import { portTags } from '../clients/neutron/port-tags.ts';
import { acquire } from '../lifecycle/acquire.ts';
import { release } from '../lifecycle/release.ts';
import { interfaceNames } from '../nics/names.ts';
import type { Claim, Nic, NicWishes, PluggedNic } from '../nics/nic.ts';
import { fillPool } from '../pools/fill-pool.ts';
import { claimNic } from './claim-nic.ts';

const ADDRESS = '10.0.0.50';
const MAC = 'fa:16:3e:00:00:50';
const LONG_AGO = 60_000;

const claim = ({ engine, pool }: World, wants: Omit<NicWishes, 'name'>, by: Partial<Claim> = {}) =>
  claimNic(engine, { pool, wants: { name: '', ...wants }, claim: { endpointId: 'new', ...by } });

/** A NIC with the addresses that a container had, and the agent that was started after it. */
async function earlier(by: Partial<Claim> = { endpointId: 'old' }) {
  const first = createWorld();
  const { engine, pool } = first;
  await acquire(engine, { pool, wants: { name: '', addresses: [ADDRESS], mac: MAC }, claim: by });
  return nextAgent(first);
}

async function nextAgent(first: World) {
  const world = await restart(first);
  const [nic] = world.engine.nics.all();
  if (!nic) throw new Error('no NIC');
  return { world, nic: nic as PluggedNic, names: interfaceNames(nic.vlan ?? 0) };
}

/** A claim of an old container, of which the last pass of the reconciler learned this from Docker. */
function grown(nic: Nic, isInDocker: boolean | undefined): void {
  if (nic.claim) Object.assign(nic.claim, { since: Date.now() - LONG_AGO, isInDocker });
}

const leftovers: [what: string, leave: () => Promise<World>][] = [
  [
    'a NIC whose container Docker removed while the agent was away',
    async () => {
      const { world, nic } = await earlier();
      grown(nic, false);
      return world;
    },
  ],
  [
    'a NIC whose pair is gone, as after a reboot, before Docker answers',
    async () => {
      const { world, names } = await earlier();
      world.links.deleteLink(names.vmEnd);
      return world;
    },
  ],
  [
    'a NIC of a `--net=none` container that Docker does not have any more',
    async () => {
      const { world, nic } = await earlier({ label: 'old', containerId: 'c' });
      grown(nic, false);
      return world;
    },
  ],
  [
    'an unclaimed NIC of an earlier agent',
    async () => {
      const first = createWorld();
      await acquire(first.engine, {
        pool: first.pool,
        wants: { name: '', addresses: [ADDRESS], mac: MAC },
        claim: {},
      });
      for (const [name, row] of first.vmSwitch.rows) {
        const { 'ovn-docker:claimed': _, ...externalIds } = row.externalIds;
        first.vmSwitch.rows.set(name, { ...row, externalIds });
      }
      return (await nextAgent(first)).world;
    },
  ],
  [
    'a port without VLAN, which a crash left',
    async () => {
      const first = createWorld();
      const tags = [portTags.ours, portTags.vif(VIF), portTags.nic('old')];
      const fixed_ips = [{ subnet_id: 'subnet-1', ip_address: ADDRESS }];
      await first.neutron.client.ports.create({ network_id: 'network-1', tags, fixed_ips, mac_address: MAC });
      return (await nextAgent(first)).world;
    },
  ],
  [
    'a port of this VM that the agent does not know',
    async () => {
      const world = createWorld();
      const tags = [portTags.ours, portTags.vif(VIF), portTags.nic('old')];
      const fixed_ips = [{ subnet_id: 'subnet-1', ip_address: ADDRESS }];
      await world.neutron.client.ports.create({ network_id: 'network-1', tags, fixed_ips, mac_address: MAC });
      return world;
    },
  ],
  [
    'a NIC that could not be deleted while Neutron was away',
    async () => {
      const { world, nic } = await earlier();
      world.neutron.away = lost();
      await release(world.engine, nic);
      world.neutron.away = undefined;
      return world;
    },
  ],
  [
    'a NIC that is being deleted',
    async () => {
      const { world, nic } = await earlier();
      const call = world.neutron.hold('ports.delete');
      void release(world.engine, nic);
      await call.arrived;
      setImmediate(call.open);
      return world;
    },
  ],
  [
    'a warm NIC',
    async () => {
      const world = createWorld();
      await fillPool(world.engine, world.pool, 1);
      const [nic] = world.engine.nics.all();
      const [port] = world.neutron.ports.values();
      const fixed_ips = [{ subnet_id: 'subnet-1', ip_address: ADDRESS }];
      for (const known of [port, nic?.port]) Object.assign(known ?? {}, { mac_address: MAC, fixed_ips });
      return world;
    },
  ],
];

for (const [asked, wants] of [
  ['--ip', { addresses: [ADDRESS] }],
  ['--mac-address', { mac: MAC }],
  ['both', { addresses: [ADDRESS], mac: MAC }],
] as const) {
  it.each(leftovers)(`scenario 22: ${asked}: %s gives it up at once`, async (_, leave) => {
    const world = await leave();
    const nic = await claim(world, wants);
    const [address] = nic.port.fixed_ips;
    if ('addresses' in wants) expect(address?.ip_address).toBe(ADDRESS);
    if ('mac' in wants) expect(nic.port.mac_address).toBe(MAC);
    expect([nic.claim?.endpointId, world.books()]).toEqual(['new', booksOf(1)]);
  });
}

const users: [
  what: string,
  use: (scene: Awaited<ReturnType<typeof earlier>>) => void,
  by?: Partial<Claim>,
][] = [
  [
    'whose interface is in a container, whatever Docker says',
    ({ world, nic, names }) => {
      grown(nic, false);
      world.links.byName.delete(names.containerEnd);
    },
  ],
  ['whose endpoint Docker has', ({ nic }) => grown(nic, true)],
  [
    'whose endpoint Docker has, and whose pair is gone',
    ({ world, nic, names }) => {
      grown(nic, true);
      world.links.deleteLink(names.vmEnd);
    },
  ],
  ['that Docker may be about to move into its container', () => undefined],
  ['of a stopped `--net=none` container', ({ nic }) => grown(nic, true), { label: 'l' }],
  ['of a `--net=none` container while Docker is silent', ({ nic }) => grown(nic, undefined), { label: 'l' }],
];

it.each(users)('scenario 22: a NIC %s keeps its addresses', async (_, use, by) => {
  const scene = await earlier(by);
  use(scene);
  const before = scene.world.books();
  for (const wants of [{ addresses: [ADDRESS] }, { mac: MAC }]) {
    await expect(claim(scene.world, wants)).rejects.toMatchObject({ code: 'E_ADDRESS_IN_USE' });
  }
  expect([scene.nic.state, scene.world.books()]).toEqual(['claimed', before]);
});
