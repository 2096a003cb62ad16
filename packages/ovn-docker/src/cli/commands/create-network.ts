import { freePrivateCidr, parseCidr } from '../../addresses/cidr.ts';
import { makeOnce } from '../../clients/neutron/make-once.ts';
import { explained } from '../../clients/neutron/refusals.ts';
import { OvnDockerError } from '../../errors.ts';
import { openCallersCloud, type Settings } from '../settings.ts';

/** `ovn-docker create network NAME [--subnet CIDR]`: a Neutron network with one subnet. Says which CIDR it got. */
export async function createNetwork(
  settings: Settings,
  name: string,
  options: { subnet?: string; json?: boolean },
): Promise<void> {
  if (!name.trim()) throw new OvnDockerError('E_USAGE', 'a network needs a name');
  const wanted = options.subnet === undefined ? undefined : parseCidr(options.subnet);
  using cloud = await openCallersCloud(settings);
  const { networks, subnets } = cloud.neutron;
  // Neutron allows two networks of one name, but every other command here goes by the name.
  const [same] = await explained(networks.all({ name }));
  if (same) throw new OvnDockerError('E_NETWORK_EXISTS', `there is a network "${name}" already: ${same.id}`);
  const cidr = wanted?.cidr ?? freePrivateCidr((await explained(subnets.all())).map((subnet) => subnet.cidr));
  // By its name alone, one that somebody else makes at the same moment could be taken for this one.
  const body = { name, description: `made by ovn-docker create network (${crypto.randomUUID()})` };
  const network = await explained(
    makeOnce(
      () => networks.create(body),
      async () => (await networks.all(body))[0],
    ),
  );
  try {
    const ip_version = cidr.includes(':') ? 6 : 4;
    const subnet = await explained(
      makeOnce(
        () => subnets.create({ network_id: network.id, name, cidr, ip_version }),
        async () => (await subnets.all({ network_id: network.id }))[0],
      ),
    );
    const made = {
      id: network.id,
      name,
      subnet: subnet.cidr,
      gateway: subnet.gateway_ip ?? null,
      mtu: network.mtu,
    };
    process.stdout.write(
      options.json ? `${JSON.stringify(made)}\n` : `network ${name} ${network.id} subnet ${subnet.cidr}\n`,
    );
  } catch (error) {
    // A network without a subnet is no use to anybody who asked for one.
    await networks.delete(network.id).catch(() => {
      const left = `ovn-docker: warning: network ${name} ${network.id} was made and is left without a subnet\n`;
      process.stderr.write(left);
    });
    throw error;
  }
}
