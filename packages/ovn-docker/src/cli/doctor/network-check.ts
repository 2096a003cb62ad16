import { findNetwork } from '../../clients/neutron/networks.ts';
import type { Check } from '../checklist/check.ts';
import { type DoctorContext, requireFinding } from './context.ts';

/** Whether the project sees the network of `--network`, and whether it has a subnet. */
export const networkCheck: Check<DoctorContext> = {
  name: 'network',

  async run(context) {
    const { network: name } = context.settings.options;
    if (name === undefined) return { facts: ['no network named; --network=NET checks one'] };
    const { network, subnets } = await findNetwork(requireFinding(context, 'cloud').neutron, name);
    context.findings.network = network;
    return { facts: [`${network.name || network.id}: ${subnets.map(({ cidr }) => cidr).join(' ')}`] };
  },
};
