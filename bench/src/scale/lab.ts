import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Lab, type Machine, openLab, reconfigureAgent, startApi } from '@ovn-docker/lab';
import { connect, openReplica, vswitchSchema } from '@ovn-docker/ovsdb';
import { raiseBenchLab } from '../attach/bench-lab.ts';
import type { DockerNetwork } from '../attach/calls.ts';
import { PluginClient } from '../attach/plugin-client.ts';

/**
 * Each of the first two has room for half of a VM's VLANs; the last one is for containers with fixed
 * addresses.
 */
const NETWORKS = [
  { name: 'scale1', subnet: '10.96.0.0/20' },
  { name: 'scale2', subnet: '10.96.16.0/20' },
  { name: 'spare', subnet: '10.96.32.0/24' },
] as const;

/** A Docker network with its name. */
interface NamedNetwork extends DockerNetwork {
  readonly name: string;
}

/** A VM of the lab with Docker networks, and a client of its agent's plugin socket. */
export interface ScaleVm {
  readonly machine: Machine;
  /** The networks with filled pools. */
  readonly networks: readonly NamedNetwork[];
  /** A network without warm NICs. */
  readonly spare: NamedNetwork;
  readonly plugin: PluginClient;
}

/** A VM with many NICs, and a VM with few as the reference. */
export interface ScaleLab extends AsyncDisposable {
  readonly big: ScaleVm;
  readonly small: ScaleVm;
}

/** Raises the lab `scale`, whose Neutron has no quota of ports. */
export async function raiseScaleLab(): Promise<ScaleLab> {
  const raised = await raiseBenchLab('scale');
  try {
    const lab = openLab('scale');
    await liftQuotas(lab.machine('api'));
    for (const { name, subnet } of NETWORKS) {
      await lab.machine('vm-a').must(['ovn-docker', 'create', 'network', name, '--subnet', subnet]);
    }
    const [big, small] = [await prepare(lab, 'vm-a'), await prepare(lab, 'vm-b')];
    return {
      big,
      small,
      async [Symbol.asyncDispose]() {
        for (const { plugin } of [big, small]) plugin[Symbol.dispose]();
        await raised[Symbol.asyncDispose]();
      },
    };
  } catch (error) {
    await raised[Symbol.asyncDispose]();
    throw error;
  }
}

async function liftQuotas(api: Machine): Promise<void> {
  appendFileSync(
    join(api.places.data, 'etc', 'embedded-neutron', 'config.yaml'),
    'network: { quotas: { port: -1 } }\n',
  );
  await api.stop('embedded-neutron');
  await startApi(api);
}

/** Creates the Docker networks. The agent neither fills nor drains their pools by itself. */
async function prepare(lab: Lab, vm: 'vm-a' | 'vm-b'): Promise<ScaleVm> {
  const machine = lab.machine(vm);
  await reconfigureAgent(machine, { pool: { low: 0, high: 4094, batch: 100, idle: 86_400 } });
  const networks: NamedNetwork[] = [];
  for (const { name, subnet } of NETWORKS) {
    const option = `neutron.net.name=${name}`;
    // Docker accepts `--ip` only on a network with a configured subnet.
    const driver = [
      '-d',
      'ovn',
      '--ipam-driver',
      'ovn',
      '-o',
      option,
      '--ipam-opt',
      option,
      '--subnet',
      subnet,
    ];
    const id = (await machine.must(['docker', 'network', 'create', ...driver, name])).trim();
    networks.push({ name, id, ipamPoolId: await ipamPoolIdOf(lab.vswitch(vm), id) });
  }
  const [spare] = networks.splice(-1);
  if (!spare) throw new Error('there is no network');
  return {
    machine,
    networks,
    spare,
    plugin: new PluginClient(`${machine.places.run}/docker/plugins/ovn.sock`),
  };
}

/**
 * Returns the id of the IPAM pool. It contains the subnet's id, which the agent stores in the bridge's row.
 */
async function ipamPoolIdOf(remote: string, dockerId: string): Promise<string> {
  await using client = await connect({ remotes: remote });
  await using db = await openReplica(client, vswitchSchema, { Bridge: ['name', 'external_ids'] });
  const value = db.find('Bridge', { name: 'br0' })[0]?.external_ids[`ovn-docker:docker-network:${dockerId}`];
  const { subnets } = JSON.parse(value ?? '{"subnets":[]}') as { subnets: { id: string }[] };
  if (!subnets[0]) throw new Error(`the bridge row names no subnet of Docker network ${dockerId}`);
  return `subnet/${subnets[0].id}`;
}
