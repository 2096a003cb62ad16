import { z } from 'zod';
import type { VmSwitch } from '../clients/vm-switch.ts';
import { publishModes } from '../config/agent-config.ts';
import { OvnDockerError } from '../errors.ts';

/** The key in `Engine.inTurn` under which Docker networks are created and deleted, one after the other. */
export const NETWORKS_IN_TURN = 'docker networks';

const schema = z.object({
  /** Id of the Neutron network behind the Docker network. */
  network: z.string(),
  /** The subnets that Docker knows. `pool` is Docker's PoolID for the subnet, if the agent knows it. */
  subnets: z.array(z.object({ id: z.string(), cidr: z.string(), pool: z.string().optional() })),
  /** Ids of the security groups of its containers; without them the project's default group applies. */
  securityGroups: z.array(z.string()).optional(),
  /** Whether the user created it with `--internal`: containers get no gateway and no static route. */
  internal: z.boolean().optional(),
  /** What becomes of containers that publish ports; without it, what the configuration says. */
  publish: z.enum(publishModes).optional(),
  /** Whether the agent created the Neutron network and its subnets and therefore deletes them. */
  made: z.boolean(),
});

export type DockerNetwork = z.infer<typeof schema>;

const prefix = 'ovn-docker:docker-network:';

/**
 * Records which Neutron network is behind each Docker network: Docker names the Neutron network only once, in
 * CreateNetwork, and later sends its own id. The records are stored in the bridge row of the VM's
 * Open_vSwitch database, so they live as long as the VM does.
 */
export const dockerNetworks = {
  /** @throws OvnDockerError `E_NETWORK_UNKNOWN` */
  get(vmSwitch: VmSwitch, dockerId: string): DockerNetwork {
    const record = vmSwitch.records()[prefix + dockerId];
    if (record === undefined) {
      throw new OvnDockerError('E_NETWORK_UNKNOWN', `ovn-docker does not know Docker network ${dockerId}`, {
        hint: 'remove it and create it again: `docker network rm`, `docker network create -d ovn …`',
      });
    }
    return schema.parse(JSON.parse(record));
  },

  /** All records by Docker's network id. */
  all(vmSwitch: VmSwitch): Map<string, DockerNetwork> {
    const records = Object.entries(vmSwitch.records()).filter(([key]) => key.startsWith(prefix));
    return new Map(
      records.map(([key, record]) => [key.slice(prefix.length), schema.parse(JSON.parse(record))]),
    );
  },

  async put(vmSwitch: VmSwitch, dockerId: string, network: DockerNetwork): Promise<void> {
    await vmSwitch.writeRecords({ [prefix + dockerId]: JSON.stringify(network) });
  },

  async remove(vmSwitch: VmSwitch, dockerId: string): Promise<void> {
    await vmSwitch.writeRecords({ [prefix + dockerId]: undefined });
  },
};
