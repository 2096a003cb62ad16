import { z } from 'zod';
import type { VmSwitch } from '../clients/vm-switch.ts';
import { OvnDockerError } from '../errors.ts';

const schema = z.object({
  /** Neutron's id of the network behind the Docker network. */
  network: z.string(),
  /** The subnets that Docker knows of it, and the PoolID that it has for each, where that is not lost. */
  subnets: z.array(z.object({ id: z.string(), cidr: z.string(), pool: z.string().optional() })),
  /** Ids of the security groups that its containers have instead of the project's default one. */
  securityGroups: z.array(z.string()).optional(),
  /** Made with `--internal`: its containers have no route out of it. */
  internal: z.boolean().optional(),
  /** Whether CreateNetwork made network and subnet, so that DeleteNetwork removes them. */
  made: z.boolean(),
});

export type DockerNetwork = z.infer<typeof schema>;

const prefix = 'ovn-docker:docker-network:';

/**
 * Which Neutron network stands behind a Docker network. Docker says it once, in CreateNetwork, and afterwards only gives
 * its own id. The notes stand on the bridge row of the VM's Open_vSwitch database: they live exactly as long as the VM.
 */
export const dockerNetworks = {
  get(vmSwitch: VmSwitch, dockerId: string): DockerNetwork {
    const note = vmSwitch.notes()[prefix + dockerId];
    if (note === undefined) {
      throw new OvnDockerError('E_NETWORK_UNKNOWN', `Docker network ${dockerId} is not known to ovn-docker`, {
        hint: 'remove it and create it again: `docker network rm`, `docker network create -d ovn …`',
      });
    }
    return schema.parse(JSON.parse(note));
  },

  all(vmSwitch: VmSwitch): Map<string, DockerNetwork> {
    const notes = Object.entries(vmSwitch.notes()).filter(([key]) => key.startsWith(prefix));
    return new Map(notes.map(([key, note]) => [key.slice(prefix.length), schema.parse(JSON.parse(note))]));
  },

  async put(vmSwitch: VmSwitch, dockerId: string, network: DockerNetwork): Promise<void> {
    await vmSwitch.writeNote(prefix + dockerId, JSON.stringify(network));
  },

  async remove(vmSwitch: VmSwitch, dockerId: string): Promise<void> {
    await vmSwitch.writeNote(prefix + dockerId, undefined);
  },
};
