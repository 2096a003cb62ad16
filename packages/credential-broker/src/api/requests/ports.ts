import { type Item, itemsOf, shown } from '../../cloud/list-visible.ts';
import { type Answer, isNotFound, NeutronFailure } from '../../cloud/neutron-api.ts';
import {
  type BodyRules,
  isBulk,
  type PortChange,
  readNewPorts,
  readPortChange,
  readTags,
} from '../../policy/bodies.ts';
import { readQuery } from '../../policy/read-query.ts';
import type { AllowedRequest, Backend, Call } from '../call.ts';
import { mostPorts } from './general.ts';
import { list, show } from './read.ts';

const filters = [
  'id',
  'name',
  'description',
  'tags',
  'network_id',
  'mac_address',
  'fixed_ips',
  'device_id',
  'device_owner',
  'status',
  'admin_state_up',
] as const;

/** The VM's own port, which it only reads, and the ports with its mark. */
export const portRequests: readonly AllowedRequest[] = [
  {
    method: 'GET',
    path: '/ports',
    checks: "The VM's own port and the ports with its mark.",
    run: (call, backend) => list(call, backend, backend.ports.view(call.vm, call.query), filters),
  },
  {
    method: 'GET',
    path: '/ports/{id}',
    checks: "The VM's own port and the ports with its mark.",
    run: (call, backend) => show(call, backend, backend.ports.view(call.vm, call.query), 'port'),
  },
  {
    method: 'POST',
    path: '/ports',
    checks:
      'One port or several, each on a network of the VM, with subnets that it sees and security groups of the project, within the quota; the broker writes the mark.',
    run: createPorts,
  },
  {
    method: 'PUT',
    path: '/ports/{id}',
    checks:
      'A port with the mark: name, addresses in subnets that the VM sees, security groups of the project, admin state, and no other description.',
    run: changePort,
  },
  {
    method: 'PUT',
    path: '/ports/{id}/tags',
    checks: 'A port with the mark; the broker adds the mark and refuses that of another VM.',
    run: replaceTags,
  },
  {
    method: 'DELETE',
    path: '/ports/{id}',
    checks: 'A port with the mark.',
    run: deletePort,
  },
];

async function createPorts(call: Call, backend: Backend): Promise<Answer> {
  readQuery(call.query, []);
  const { vm } = call;
  const body = await call.body();
  const ports = readNewPorts(body, rulesFor(call, backend), {
    keepsTags: await backend.extensions.keepTags(),
  });
  for (const id of new Set(ports.map(({ network_id }) => network_id)))
    await backend.networks.requireUsable(vm, id);
  await backend.networks.requireSubnets(vm, ports.flatMap(subnetsOf));
  await backend.groups.requireOwn(
    vm,
    ports.flatMap(({ security_groups = [] }) => security_groups),
  );
  const bulk = isBulk(body);
  const quota = { ports: ports.length, most: mostPorts(vm, backend.config) };
  const answer = await backend.ports.createWithin(vm, quota, () =>
    backend.api.send({
      method: 'POST',
      path: '/ports',
      body: bulk ? { ports } : { port: ports[0] },
      items: ports.length,
      ...call.passed,
    }),
  );
  const created = bulk ? itemsOf(answer, 'ports') : [(answer.body as { readonly port: Item }).port];
  for (const { id } of created) backend.ports.remember(vm, id);
  const items = created.map((item) => shown(item, undefined));
  return { ...answer, body: bulk ? { ports: items } : { port: items[0] } };
}

async function changePort(call: Call, backend: Backend): Promise<Answer> {
  readQuery(call.query, []);
  const { vm, id } = call;
  const port = readPortChange(await call.body(), rulesFor(call, backend));
  await backend.ports.requireMarked(vm, [id]);
  await backend.networks.requireSubnets(vm, subnetsOf(port));
  await backend.groups.requireOwn(vm, port.security_groups ?? []);
  const request = { method: 'PUT', path: `/ports/${id}`, body: { port }, ...call.passed } as const;
  const answer = await backend.api.send(request);
  return { ...answer, body: { port: shown((answer.body as { readonly port: Item }).port, undefined) } };
}

async function replaceTags(call: Call, backend: Backend): Promise<Answer> {
  readQuery(call.query, []);
  const tags = readTags(await call.body(), rulesFor(call, backend));
  await backend.ports.requireMarked(call.vm, [call.id]);
  const path = `/ports/${call.id}/tags`;
  return backend.api.send({ method: 'PUT', path, body: { tags }, ...call.passed });
}

async function deletePort(call: Call, backend: Backend): Promise<Answer> {
  readQuery(call.query, []);
  const { vm, id } = call;
  await backend.ports.requireMarked(vm, [id]);
  try {
    const answer = await backend.api.send({ method: 'DELETE', path: `/ports/${id}`, ...call.passed });
    backend.ports.remove(vm, id);
    return answer;
  } catch (error) {
    if (error instanceof NeutronFailure && isNotFound(error)) backend.ports.remove(vm, id);
    throw error;
  }
}

function subnetsOf({ fixed_ips = [] }: PortChange): string[] {
  return fixed_ips.flatMap(({ subnet_id }) => subnet_id ?? []);
}

function rulesFor({ vm }: Call, { config }: Backend): BodyRules {
  return { vifId: vm.id, parentMode: config.parent_mode };
}
