import { interfaceNames } from '../../nics/names.ts';
import { addressesOf, type Nic } from '../../nics/nic.ts';

/** libnetwork's static route of a next hop (moby libnetwork, types.NEXTHOP). */
const NEXT_HOP = 0;

/** What Docker is to do with the container's end: name, gateways, the host routes of the subnets. */
export function joinAnswer(nic: Nic): Record<string, unknown> {
  const subnets = addressesOf(nic).map(({ subnet }) => subnet);
  const gateway = (version: 4 | 6) =>
    subnets.find((subnet) => subnet.ip_version === version && subnet.gateway_ip)?.gateway_ip;
  const [v4, v6] = [gateway(4), gateway(6)];
  return {
    InterfaceName: { SrcName: interfaceNames(nic.vlan ?? 0).containerEnd, DstPrefix: 'eth' },
    ...(v4 ? { Gateway: v4 } : {}),
    ...(v6 ? { GatewayIPv6: v6 } : {}),
    // Without any of the three, Docker adds docker_gwbridge as a second interface.
    ...(v4 || v6 ? {} : { DisableGatewayService: true }),
    StaticRoutes: subnets
      .flatMap(({ host_routes }) => host_routes)
      .map(({ destination, nexthop }) => ({
        Destination: destination,
        RouteType: NEXT_HOP,
        NextHop: nexthop,
      })),
  };
}
