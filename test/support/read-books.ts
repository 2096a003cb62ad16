import { join } from 'node:path';
import { type Lab, type MachineName, waitFor } from '@ovn-docker/lab';
import { connect, openReplica, vswitchSchema } from '@ovn-docker/ovsdb';
import type { Api } from './api.ts';
import { type Books, type BooksOptions, differences } from './books.ts';
import { type TaggedPort, tagsOf } from './port-tags.ts';
import { UnixHttp } from './unix-http.ts';

const LABEL = 'org.ovn-docker.nic';
const nicTag = 'ovn-docker:nic=';

/**
 * Reads a VM's books: Neutron, the VM's switch, kernel, Docker and agent. `api` is a session of the VM's
 * tenant.
 */
export async function readBooks(lab: Lab, vm: MachineName, api: Api): Promise<Books> {
  const machine = lab.machine(vm);
  const vifId = lab.state.vms[vm]?.portId ?? '';
  const docker = new UnixHttp(join(machine.places.run, 'docker.sock'));
  const agent = new UnixHttp(join(machine.places.run, 'ovn-docker', 'agent.sock'));
  const [neutron, rows, status, endpoints, labelled] = await Promise.all([
    readNeutron(api, vifId),
    readRows(lab.vswitch(vm)),
    agent.get('/v1/status') as Promise<Status>,
    readEndpoints(docker),
    readLabelled(docker),
  ]);
  using netlink = machine.netlink();
  const names = netlink.links().map(({ name }) => name);
  return {
    ...neutron,
    rows,
    interfaces: names.filter((name) => /^ovn-\d+c?$/.test(name)),
    agent: { nics: status.nics, vlansUsed: status.vlans.used, draining: status.draining },
    endpoints,
    labelled,
  };
}

/**
 * Waits until the books of the VM balance, because the agent may still be handling Docker's events.
 * @throws Error with every difference
 */
export async function expectBalancedBooks(
  lab: Lab,
  vm: MachineName,
  api: Api,
  options: BooksOptions = {},
): Promise<Books> {
  let last: string[] = [];
  const balanced = async () => {
    const books = await readBooks(lab, vm, api);
    last = differences(books, options);
    return last.length === 0 && books;
  };
  return waitFor('the books to balance', balanced, 15_000).catch(() => {
    throw new Error(`the books of ${vm} do not balance:\n${last.join('\n')}`);
  });
}

interface Status {
  readonly nics: Books['agent']['nics'];
  readonly vlans: { readonly used: number };
  readonly draining: number;
}

interface PortView extends TaggedPort {
  readonly fixed_ips: readonly { readonly ip_address: string }[];
  readonly 'binding:profile'?: { readonly parent_name?: string; readonly tag?: number };
}

interface TrunkView {
  readonly sub_ports: readonly { readonly port_id: string; readonly segmentation_id: number }[];
}

async function readNeutron(api: Api, vifId: string): Promise<Pick<Books, 'ports' | 'subports'>> {
  const vif = encodeURIComponent(`ovn-docker:vif=${vifId}`);
  const [tagged, written, trunks] = await api.callAll([
    ['GET', `ports?tags=${vif}`],
    ['GET', `ports?description=${vif}&description=${vif}:plain`],
    ['GET', `trunks?port_id=${vifId}`],
  ]);
  const listOf = <T>(answer: typeof trunks, key: string) => {
    if (answer?.status !== 200) throw new Error(`${key} could not be read: ${answer?.status}`);
    return (answer.body[key] ?? []) as T[];
  };
  return {
    ports: [...listOf<PortView>(tagged, 'ports'), ...listOf<PortView>(written, 'ports')].map((port) => {
      const { parent_name: parent, tag } = port['binding:profile'] ?? {};
      const nic = tagsOf(port)
        .find((tag) => tag.startsWith(nicTag))
        ?.slice(nicTag.length);
      return {
        id: port.id,
        addresses: port.fixed_ips.map(({ ip_address }) => ip_address),
        ...(nic === undefined ? {} : { nic }),
        ...(parent === vifId && tag !== undefined ? { boundVlan: tag } : {}),
      };
    }),
    subports: listOf<TrunkView>(trunks, 'trunks').flatMap(({ sub_ports }) =>
      sub_ports.map(({ port_id, segmentation_id }) => ({ port: port_id, vlan: segmentation_id })),
    ),
  };
}

async function readRows(remote: string): Promise<Books['rows']> {
  await using client = await connect({ remotes: remote });
  await using db = await openReplica(client, vswitchSchema, { Port: ['name', 'tag', 'external_ids'] });
  const plugged = [...db.rows('Port').values()].filter(
    ({ name, tag }) => tag !== undefined || /^ovn-/.test(name),
  );
  return plugged.map(({ name, tag, external_ids: ids }) => ({
    name,
    ...(tag === undefined ? {} : { vlan: tag }),
    ...(ids['ovn-docker:nic'] === undefined ? {} : { nic: ids['ovn-docker:nic'] }),
    ...(ids['iface-id'] === undefined ? {} : { port: ids['iface-id'] }),
    ...(ids['ovn-docker:label'] === undefined ? {} : { label: ids['ovn-docker:label'] }),
  }));
}

async function readEndpoints(docker: UnixHttp): Promise<Books['endpoints']> {
  const filters = encodeURIComponent(JSON.stringify({ driver: ['ovn'] }));
  const networks = (await docker.get(`/networks?filters=${filters}`)) as { Id: string }[];
  const views = await Promise.all(
    networks.map(({ Id }) => docker.get(`/networks/${Id}`) as Promise<NetworkView>),
  );
  return views
    .flatMap(({ Containers }) => Object.values(Containers ?? {}))
    .map(({ EndpointID, IPv4Address }) => ({ id: EndpointID, address: IPv4Address.split('/')[0] ?? '' }));
}

interface NetworkView {
  readonly Containers?: Readonly<
    Record<string, { readonly EndpointID: string; readonly IPv4Address: string }>
  >;
}

async function readLabelled(docker: UnixHttp): Promise<Books['labelled']> {
  const filters = encodeURIComponent(JSON.stringify({ label: [LABEL] }));
  const list = (await docker.get(`/containers/json?all=true&filters=${filters}`)) as {
    Id: string;
    State: string;
    Labels: Record<string, string>;
  }[];
  return list.map(({ Id, State, Labels }) => ({
    id: Id,
    label: Labels[LABEL] ?? '',
    running: State === 'running',
  }));
}
