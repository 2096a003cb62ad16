import { expect, it } from 'vitest';
import { claimOne, createWarmWorld } from '../../test/support/warm-world.ts';
import type { ListedContainer } from '../clients/docker-engine.ts';
import { containerLabels } from '../config/known-keys.ts';
import { dockerNetworks } from '../networks/docker-networks.ts';
import { interfaceNames } from '../nics/names.ts';
import type { PluggedNic } from '../nics/nic.ts';
import { type Lookout, viewContainers } from './view-containers.ts';

const ID = 'c'.repeat(64);
const noFaults = { faults: () => new Map<string, string[]>() };

/** A world with one NIC that a container has, and what Docker lists of that container. */
async function createScene(listed: Partial<ListedContainer> = {}) {
  const world = await createWarmWorld(1);
  const nic = await claimOne(world, 'label-1');
  const vmEnd = world.links.byName.get(interfaceNames(nic.vlan).vmEnd);
  Object.assign(vmEnd ?? {}, { carrier: true });
  const container: ListedContainer = {
    id: ID,
    name: 'web',
    state: 'running',
    endpoints: [],
    networks: [],
    labels: { [containerLabels.nic]: 'label-1' },
    ...listed,
  };
  const lookout: Lookout = {
    engine: world.engine,
    docker: { list: async () => [container] },
    probeOf: () => undefined,
  };
  return { world, nic, vmEnd, lookout };
}
const look = async (lookout: Lookout, lastPass = noFaults) => (await viewContainers(lookout, lastPass))[0];

it('shows a container with its network, addresses, MAC, port and its status', async () => {
  const { lookout, nic } = await createScene({ health: 'healthy' });
  nic.status = 'ACTIVE';
  expect(await look(lookout)).toEqual({
    id: ID,
    name: 'web',
    verdict: 'good',
    faults: [],
    state: 'running',
    dockerHealth: 'healthy',
    nics: [
      {
        id: nic.id,
        network: 'net',
        networkId: 'network-1',
        addresses: [`${nic.port.fixed_ips[0]?.ip_address}/24`],
        mac: nic.port.mac_address,
        port: nic.port.id,
        portStatus: 'ACTIVE',
        carrier: true,
        gateways: [{ address: '10.0.0.1' }],
      },
    ],
  });
});

it.each([
  [{ health: 'unhealthy' }, 'faulty', 'its HEALTHCHECK fails'],
  [{ health: 'starting' }, 'starting', undefined],
  [{ state: 'restarting' }, 'faulty', 'Docker restarts it again and again'],
  [{ state: 'dead' }, 'faulty', 'Docker could not remove it'],
  [{ state: 'exited' }, 'stopped', undefined],
  [{ state: 'created' }, 'stopped', undefined],
  [{ state: 'paused' }, 'stopped', undefined],
] as const)('a container that Docker shows as %j is %s', async (listed, verdict, fault) => {
  const { lookout } = await createScene(listed);
  expect(await look(lookout)).toMatchObject({ verdict, faults: fault ? [fault] : [] });
});

it.each([
  [
    'the interface in the container is down',
    { carrier: false },
    'net: its interface in the container is down',
  ],
  ['the VM’s end is down', { up: false }, 'net: wrong link: ovn-1 is down'],
])('a container is faulty when %s, whatever Docker says', async (_, change, fault) => {
  const { lookout, vmEnd } = await createScene({ health: 'healthy' });
  Object.assign(vmEnd ?? {}, change);
  const { verdict, faults } = (await look(lookout)) ?? {};
  expect([verdict, faults?.join()]).toEqual(['faulty', expect.stringContaining(fault)]);
});

it('a container is faulty when the reconciler found its port DOWN, and when its probe fails', async () => {
  const { lookout, nic } = await createScene();
  const lastPass = { faults: () => new Map([[nic.id, ['down port: it stays DOWN']]]) };
  const failing = { ...lookout, probeOf: () => ({ probe: 'tcp:80', passed: false, error: 'no answer' }) };
  expect(await look(failing, lastPass)).toMatchObject({
    verdict: 'faulty',
    faults: ['net: down port: it stays DOWN', 'net: probe tcp:80 fails: no answer'],
  });
  expect(await look({ ...lookout, probeOf: () => ({ probe: 'tcp:80' }) })).toMatchObject({
    verdict: 'starting',
  });
});

it('a running container without a NIC on one of the agent’s networks is faulty; other containers are not shown', async () => {
  const { lookout, world } = await createScene({ labels: {}, networks: ['docker-1'] });
  expect(await viewContainers(lookout, noFaults)).toEqual([]);
  const record = { network: 'network-1', subnets: [], made: false };
  await dockerNetworks.put(world.vm.vmSwitch, 'docker-1', record);
  expect(await look(lookout)).toMatchObject({
    verdict: 'faulty',
    faults: ['the agent knows no NIC for one of its networks'],
  });
});

it('while Docker does not answer, shows the claimed NICs with that fault', async () => {
  const { lookout, nic } = await createScene();
  const docker = { list: () => Promise.reject(new Error('away')) };
  expect(await look({ ...lookout, docker })).toMatchObject({
    id: 'label-1',
    state: 'unknown',
    faults: ['Docker does not answer'],
    nics: [{ id: nic.id } satisfies Partial<PluggedNic>],
  });
});
