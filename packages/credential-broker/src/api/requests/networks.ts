import { getVisible, type Item, shown } from '../../cloud/list-visible.ts';
import type { Answer } from '../../cloud/neutron-api.ts';
import { subnetPoolsView } from '../../cloud/project-resources.ts';
import { Hidden, Refusal } from '../../errors.ts';
import { readNewNetwork, readNewSubnet } from '../../policy/bodies.ts';
import { readQuery } from '../../policy/read-query.ts';
import type { AllowedRequest, Backend, Call } from '../call.ts';
import { list, show } from './read.ts';

const filters = {
  networks: ['id', 'name', 'description', 'status', 'shared', 'admin_state_up', 'tags'],
  subnets: ['id', 'name', 'description', 'network_id', 'cidr', 'ip_version', 'gateway_ip', 'enable_dhcp'],
  subnetpools: ['id', 'name', 'description', 'shared', 'ip_version', 'is_default'],
} as const;

/** Networks and subnets, and the creation of both if the invitation allows it. */
export const networkRequests: readonly AllowedRequest[] = [
  {
    method: 'GET',
    path: '/networks',
    checks:
      'The networks of the invitation, or the project’s and shared ones; always that of the VM’s own port.',
    run: async (call, backend) =>
      list(call, backend, await backend.networks.networks(call.vm), filters.networks),
  },
  {
    method: 'GET',
    path: '/networks/{id}',
    checks: 'The same networks.',
    run: async (call, backend) => show(call, backend, await backend.networks.networks(call.vm), 'network'),
  },
  {
    method: 'GET',
    path: '/subnets',
    checks: 'The subnets of these networks.',
    run: async (call, backend) =>
      list(call, backend, await backend.networks.subnets(call.vm), filters.subnets),
  },
  {
    method: 'GET',
    path: '/subnets/{id}',
    checks: 'The subnets of these networks.',
    run: async (call, backend) => show(call, backend, await backend.networks.subnets(call.vm), 'subnet'),
  },
  {
    method: 'GET',
    path: '/subnetpools',
    forNetworks: true,
    checks: "The project's and shared ones.",
    run: (call, backend) => list(call, backend, subnetPoolsView(call.vm), filters.subnetpools),
  },
  {
    method: 'POST',
    path: '/networks',
    forNetworks: true,
    checks: 'Name, MTU and admin state; the broker writes the mark into the description.',
    run: createNetwork,
  },
  {
    method: 'POST',
    path: '/subnets',
    forNetworks: true,
    checks: 'On a network that the VM created, with a subnet pool that it sees.',
    run: createSubnet,
  },
  {
    method: 'DELETE',
    path: '/networks/{id}',
    forNetworks: true,
    checks: 'A network that the VM created.',
    run: deleteNetwork,
  },
];

async function createNetwork(call: Call, { api, networks }: Backend): Promise<Answer> {
  readQuery(call.query, []);
  const network = readNewNetwork(await call.body(), { vifId: call.vm.id, parentMode: 'trunk' });
  try {
    const answer = await api.send({ method: 'POST', path: '/networks', body: { network }, ...call.passed });
    return {
      ...answer,
      body: { network: shown((answer.body as { readonly network: Item }).network, undefined) },
    };
  } finally {
    networks.forgetCreated(call.vm);
  }
}

async function createSubnet(call: Call, backend: Backend): Promise<Answer> {
  readQuery(call.query, []);
  const subnet = readNewSubnet(await call.body());
  await requireCreated(call, backend, subnet.network_id);
  const { subnetpool_id: pool } = subnet;
  if (pool !== undefined) await getVisible(backend.api, subnetPoolsView(call.vm), pool, 'subnetpool');
  return backend.api.send({ method: 'POST', path: '/subnets', body: { subnet }, ...call.passed });
}

async function deleteNetwork(call: Call, backend: Backend): Promise<Answer> {
  readQuery(call.query, []);
  await requireCreated(call, backend, call.id);
  try {
    return await backend.api.send({ method: 'DELETE', path: `/networks/${call.id}`, ...call.passed });
  } finally {
    backend.networks.forgetCreated(call.vm);
  }
}

/** @throws Refusal `networks` for a network that the VM sees but did not create, Hidden for any other */
async function requireCreated({ vm }: Call, { networks, api }: Backend, id: string): Promise<void> {
  if ((await networks.created(vm)).includes(id)) return;
  networks.forgetCreated(vm);
  if ((await networks.created(vm)).includes(id)) return;
  const view = await networks.networks(vm);
  const seen = await getVisible(api, view, id, 'network').catch((error: unknown) => {
    if (error instanceof Hidden) return undefined;
    throw error;
  });
  if (seen === undefined) throw new Hidden('Network', id);
  throw new Refusal('networks', `this VM did not create network ${id}`);
}
