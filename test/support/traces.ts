import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { type Lab, vms, waitFor } from '@ovn-docker/lab';
import { connect, nbSchema, openReplica, vswitchSchema } from '@ovn-docker/ovsdb';
import { afterEach, beforeAll, expect } from 'vitest';
import { UnixHttp } from './unix-http.ts';

/** The traces of containers and networks, by place. */
type Traces = Readonly<Record<string, readonly string[]>>;

/** Reads the traces from OVN Northbound and from each VM's Open vSwitch, kernel, Docker and agent. */
async function tracesOf(lab: Lab): Promise<Traces> {
  const inVms = vms.map(async ({ name }) => {
    const machine = lab.machine(name);
    const docker = new UnixHttp(join(machine.places.run, 'docker.sock'));
    const agent = new UnixHttp(join(machine.places.run, 'ovn-docker', 'agent.sock'));
    const [containers, networks, status] = await Promise.all([
      docker.get('/containers/json?all=true') as Promise<{ Id: string; State: string }[]>,
      docker.get('/networks') as Promise<{ Name: string }[]>,
      agent.get('/v1/status') as Promise<StatusView>,
    ]);
    using netlink = machine.netlink();
    return {
      [`${name}: interfaces`]: netlink.links().map((link) => link.name),
      [`${name}: rows`]: await switchRows(lab.vswitch(name)),
      [`${name}: containers`]: containers.map(({ Id, State }) => `${Id} ${State}`),
      [`${name}: Docker networks`]: networks.map(({ Name }) => Name),
      [`${name}: NICs`]: status.nics.map(
        (nic) => `VLAN ${nic.vlan} port ${nic.port} container ${nic.container}`,
      ),
      [`${name}: VLANs`]: [`${status.vlans.used} used, ${status.draining} to release`],
    };
  });
  const traces = Object.assign(await northboundRows(lab), ...(await Promise.all(inVms))) as Record<
    string,
    string[]
  >;
  return Object.fromEntries(Object.entries(traces).map(([place, items]) => [place, items.toSorted()]));
}

interface StatusView {
  readonly nics: { readonly vlan?: number; readonly port?: string; readonly container?: string }[];
  readonly vlans: { readonly used: number };
  readonly draining: number;
}

async function northboundRows(lab: Lab): Promise<Record<string, string[]>> {
  await using client = await connect({ remotes: lab.northbound });
  const columns = ['name'] as const;
  await using nb = await openReplica(client, nbSchema, {
    Logical_Switch: columns,
    Logical_Switch_Port: columns,
    Port_Group: columns,
    ACL: ['match'],
  });
  const names = (table: 'Logical_Switch' | 'Logical_Switch_Port' | 'Port_Group') =>
    [...nb.rows(table).values()].map(({ name }) => name);
  return {
    'logical switches': names('Logical_Switch'),
    'logical ports': names('Logical_Switch_Port'),
    'port groups': names('Port_Group'),
    ACLs: [...nb.rows('ACL').values()].map(({ match }) => match),
  };
}

async function switchRows(remote: string): Promise<string[]> {
  await using client = await connect({ remotes: remote });
  await using db = await openReplica(client, vswitchSchema, {
    Bridge: ['name', 'external_ids'],
    Port: ['name', 'tag'],
    Interface: ['name'],
  });
  return [
    ...[...db.rows('Bridge').values()].map((row) => `bridge ${row.name} ${JSON.stringify(lasting(row))}`),
    ...[...db.rows('Port').values()].map(({ name, tag }) => `port ${name} ${tag}`),
    ...[...db.rows('Interface').values()].map(({ name }) => `interface ${name}`),
  ];
}

/** The records without those of networks and subnets, which the agent deletes in a later pass. */
function lasting({ external_ids }: { readonly external_ids: Readonly<Record<string, string>> }) {
  const records = Object.entries(external_ids).filter(([key]) => !key.startsWith('ovn-docker:neutron-'));
  return Object.fromEntries(records);
}

/**
 * Expects after every test that the lab is as it was before the first one. Waits for NICs that the agent
 * removes on Docker's events (`--net=none`), and for a dockerd or an agent that the test has just started
 * again.
 */
export function leavesNoTraces(lab: Lab): void {
  let before: Traces;
  // If a real Neutron was too busy for a deletion, the agent tries again in its next pass, after up to 30 s.
  const limit = lab.state.apiKind === 'openstack' ? 60_000 : 15_000;
  beforeAll(async () => {
    before = await tracesOf(lab);
  });
  afterEach(async () => {
    const isUnchanged = async () => isDeepStrictEqual(await tracesOf(lab), before);
    await waitFor('the traces of the test to disappear', isUnchanged, limit).catch(() => undefined);
    expect(await tracesOf(lab)).toEqual(before);
  });
}
