import { text } from 'node:stream/consumers';
import type { ApiKind } from '../api/api-kind.ts';
import { bindingOf, createApplicationCredential, openAs } from '../provision.ts';
import { METADATA, management } from '../topology.ts';

/** The input of {@link provisionGuest}, which the hidden command reads as JSON. */
export interface GuestRequest {
  readonly apiKind: ApiKind;
  readonly passwords: Readonly<Record<'admin' | 'alice', string>>;
  readonly hypervisor: string;
}

/** The guest's own port and a credential of its tenant. */
export interface GuestPort {
  readonly portId: string;
  readonly mac: string;
  readonly address: string;
  readonly credential: { readonly id: string; readonly secret: string };
}

/**
 * Does with the API what an operator and a tenant do before a VM boots: the operator turns on DHCP on the
 * management network; the tenant creates the VM's port and an application credential. It runs in the machine
 * `api`, which can reach the API.
 */
async function provisionGuest({ apiKind, passwords, hypervisor }: GuestRequest): Promise<GuestPort> {
  const admin = openAs('admin', passwords.admin);
  const alice = openAs('alice', passwords.alice);
  const [network] = await alice.neutron.networks.all({ name: management.name });
  const id = network?.id ?? '';
  const [subnet] = await admin.neutron.subnets.all({ network_id: id });
  await admin.neutron.subnets.update(subnet?.id ?? '', {
    enable_dhcp: true,
    // ML2/OVN writes no DHCP options for a subnet with neither a gateway nor a port of the metadata agent.
    ...(apiKind === 'openstack' ? { gateway_ip: management.api } : {}),
    host_routes: [{ destination: `${METADATA}/32`, nexthop: management.api }],
  });
  const name = 'guest';
  const port = await alice.neutron.ports.create({ network_id: id, name });
  if (apiKind === 'openstack') await admin.neutron.ports.update(port.id, bindingOf({ name, hypervisor }));
  const credential = await createApplicationCredential(alice.session, name);
  admin.session.close();
  alice.session.close();
  return {
    portId: port.id,
    mac: port.mac_address,
    address: port.fixed_ips[0]?.ip_address ?? '',
    credential,
  };
}

/** The hidden command `provision-guest`: it reads and writes JSON. */
export async function provisionGuestFromStdin(): Promise<void> {
  const request = JSON.parse(await text(process.stdin)) as GuestRequest;
  process.stdout.write(JSON.stringify(await provisionGuest(request)));
}
