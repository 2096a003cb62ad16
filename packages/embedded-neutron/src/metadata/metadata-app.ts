import type { HttpBindings } from '@hono/node-server';
import { plainAddress } from '@ovn-docker/http-server';
import { Hono } from 'hono';
import { netmask } from '../addresses/addresses.ts';
import { limitRequest } from '../http/limit-request.ts';
import { type Recorder, recordRequests } from '../http/record-requests.ts';
import { findNetwork, listNetworks, type Network } from '../northbound/networks.ts';
import type { Northbound } from '../northbound/northbound.ts';
import { type Port, portsWithIp } from '../northbound/ports.ts';
import { type Subnet, subnetsOf } from '../northbound/subnets.ts';

/** The network whose ports may call the metadata service. */
export interface MetadataSource {
  readonly network_id?: string | undefined;
  readonly network_name?: string | undefined;
}

/**
 * Nova's metadata service for VMs: serves meta_data.json and network_data.json (Nova, "Metadata service"). It
 * identifies the caller's port by the source address of the request.
 */
export function metadataApp(
  nb: Northbound,
  source: MetadataSource,
  recorder: Recorder,
): Hono<{ Bindings: HttpBindings }> {
  const app = new Hono<{ Bindings: HttpBindings }>({ strict: false });
  app.use(recordRequests('metadata', recorder));
  app.use(limitRequest);
  const callerAt = (remote: string | undefined): { port: Port; network: Network } | undefined => {
    const network = sourceNetwork(nb, source);
    const [port] = network ? portsWithIp(nb, network.id, plainAddress(remote)) : [];
    return network && port && { port, network };
  };

  app.get('/', (context) => context.text('openstack\n'));
  app.get('/openstack', (context) => context.text('2018-08-27\nlatest\n'));
  app.get('/openstack/:version{(latest|2018-08-27)}', (context) =>
    context.text('meta_data.json\nnetwork_data.json\n'),
  );
  app.get('/openstack/:version{(latest|2018-08-27)}/meta_data.json', (context) => {
    const caller = callerAt(context.env.incoming.socket.remoteAddress);
    if (!caller) return context.text('404 Not Found', 404);
    const { device_id, id, name, project_id } = caller.port;
    return context.json({ uuid: device_id || id, name, hostname: name, project_id, launch_index: 0 });
  });
  app.get('/openstack/:version{(latest|2018-08-27)}/network_data.json', (context) => {
    const caller = callerAt(context.env.incoming.socket.remoteAddress);
    if (!caller) return context.text('404 Not Found', 404);
    return context.json(networkData(caller.port, caller.network, subnetsOf(nb, caller.network.id)));
  });
  return app;
}

/**
 * Finds the configured network. Tenants can give their networks the configured name, but only operators can
 * share a network or make it external. So of several networks with the name, returns the only one that is
 * shared or external; undefined if several are, or none.
 */
function sourceNetwork(nb: Northbound, { network_id, network_name }: MetadataSource): Network | undefined {
  if (network_id !== undefined) return findNetwork(nb, network_id);
  const named = listNetworks(nb).filter(({ name }) => name === network_name);
  const shared = named.filter((network) => network.shared || network['router:external']);
  return [shared, named].find((candidates) => candidates.length === 1)?.[0];
}

/** Address and mask of the default route. */
const UNSPECIFIED = { 4: '0.0.0.0', 6: '::' } as const;

/** Nova's network_data.json: `vif_id` of the link is the port's id. */
function networkData(port: Port, network: Network, subnets: readonly Subnet[]) {
  const link = `tap${port.id.slice(0, 11)}`;
  const addresses = port.fixed_ips.flatMap((ip) => {
    const subnet = subnets.find(({ id }) => id === ip.subnet_id);
    return subnet ? [{ ip: ip.ip_address, subnet }] : [];
  });
  return {
    links: [
      { id: link, vif_id: port.id, type: 'ovs', mtu: network.mtu, ethernet_mac_address: port.mac_address },
    ],
    networks: addresses.map(({ ip, subnet }, index) => ({
      id: `network${index}`,
      type: `ipv${subnet.ip_version}`,
      link,
      network_id: network.id,
      ip_address: ip,
      netmask: netmask(subnet.cidr),
      routes:
        subnet.gateway_ip === null
          ? []
          : [
              {
                network: UNSPECIFIED[subnet.ip_version],
                netmask: UNSPECIFIED[subnet.ip_version],
                gateway: subnet.gateway_ip,
              },
            ],
    })),
    services: [...new Set(addresses.flatMap(({ subnet }) => subnet.dns_nameservers))].map((address) => ({
      type: 'dns',
      address,
    })),
  };
}
