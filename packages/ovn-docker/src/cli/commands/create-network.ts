import { ipVersionOf } from '../../addresses/ip-version.ts';
import { OvnDockerError } from '../../errors.ts';
import { defineCommand } from '../command.ts';
import { argument, flag, textOption } from '../options.ts';
import { openCallersCloud } from '../settings.ts';

/** Creates a Neutron network with one subnet and prints its id and the subnet's CIDR. */
export const createNetwork = defineCommand({
  name: 'create network',
  summary: 'create a network with one subnet',
  needsRoot: false,
  arguments: { name: argument('<name>') },
  options: {
    subnet: textOption('--subnet <cidr>', 'address range; default: a free private one'),
    json: flag('--json', 'print JSON'),
  },

  async action(settings, { name, subnet: requested, json }) {
    const { explained } = await import('../../clients/neutron/refusals.ts');
    const { makeOnce } = await import('../../clients/neutron/make-once.ts');
    const { freePrivateCidr, parseCidr } = await import('../../addresses/cidr.ts');
    if (!name.trim()) throw new OvnDockerError('E_USAGE', 'a network needs a name');
    const range = requested === undefined ? undefined : parseCidr(requested);
    using cloud = await openCallersCloud(settings);
    const { networks, subnets } = cloud.neutron;
    // Neutron allows several networks with the same name; the other commands would then need the id.
    const [same] = await explained(networks.all({ name }));
    if (same) throw new OvnDockerError('E_NETWORK_EXISTS', `network "${name}" exists already: ${same.id}`);
    const cidr =
      range?.cidr ?? freePrivateCidr((await explained(subnets.all())).map((subnet) => subnet.cidr));
    // If Neutron's answer is lost, `makeOnce` finds the network by its random description: another user may
    // have created a network with the same name.
    const body = { name, description: `made by ovn-docker create network (${crypto.randomUUID()})` };
    const network = await explained(
      makeOnce(
        () => networks.create(body),
        async () => (await networks.all(body))[0],
      ),
    );
    try {
      const ip_version = ipVersionOf(cidr);
      const subnet = await explained(
        makeOnce(
          () => subnets.create({ network_id: network.id, name, cidr, ip_version }),
          async () => (await subnets.all({ network_id: network.id }))[0],
        ),
      );
      const view = {
        id: network.id,
        name,
        subnet: subnet.cidr,
        gateway: subnet.gateway_ip ?? null,
        mtu: network.mtu,
      };
      process.stdout.write(
        json ? `${JSON.stringify(view)}\n` : `network ${name} ${network.id} subnet ${subnet.cidr}\n`,
      );
    } catch (error) {
      // Without a subnet the network is useless.
      await networks.delete(network.id).catch(() => {
        process.stderr.write(
          `ovn-docker: warning: network ${name} ${network.id} was created without a subnet and could not be deleted\n`,
        );
      });
      throw error;
    }
  },
});
