import type { Port } from '@ovn-docker/openstack';
import { createEngine } from '../../src/agent/create-engine.ts';
import type { Cloud } from '../../src/clients/neutron/cloud.ts';
import { parseAgentConfig } from '../../src/config/agent-config.ts';
import type { Engine } from '../../src/nics/engine.ts';
import { PoolKeeper } from '../../src/pools/keep-pools.ts';
import { VIF, type World } from './world.ts';

const MAC = 'fa:16:3e:99:00:01';

/** Gives the VM of a world its own port in Neutron, and its uplink. */
export function addOwnPort({ neutron, links, vm }: World, mac = MAC): void {
  neutron.ports.set(VIF, {
    id: VIF,
    mac_address: mac,
    network_id: 'network-1',
    fixed_ips: [],
  } as unknown as Port);
  Object.assign(vm, { macs: [mac] });
  links.byName.set('eth0', { index: 1000, name: 'eth0', mac, up: true, mtu: 1500 });
}

/** Starts the engine of a real agent in the surroundings of a world, with its own log and configuration. */
export function bootAgent(
  world: Pick<World, 'neutron' | 'vmSwitch' | 'links' | 'vm' | 'engine'>,
  marks: object = {},
): { engine: Engine; otherVm: () => number } {
  const { neutron, vmSwitch, links, vm, engine: earlier } = world;
  const mode = vm.parentLinks.mode;
  const pool = { low: 0, high: 8, batch: 4, ...marks };
  const config = parseAgentConfig(
    JSON.stringify({ mode, vif_id: VIF, metadata_url: '', pool }),
    'config.yaml',
  );
  const keeper = new PoolKeeper(() => engine);
  const session = {
    config: { auth: { type: 'password' } },
    token: async () => ({ project: { id: 'project-1' } }),
  };
  let others = 0;
  const engine = createEngine({
    config,
    cloud: { neutron: neutron.client, session } as unknown as Cloud,
    vmSwitch: Object.assign(vmSwitch, {
      macsOf: () => [],
      carriesVlan: () => true,
    }) as never,
    netlink: links as never,
    guard: vm.guard as never,
    keeper,
    log: earlier.log,
    onOtherVm: () => others++,
    patienceMs: 50,
  });
  return { engine, otherVm: () => others };
}
