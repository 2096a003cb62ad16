import type { Routing } from '../../attach/parts/routing.ts';
import { interfaceNames } from '../../nics/names.ts';
import type { Nic } from '../../nics/nic.ts';

/** libnetwork's kinds of static routes (moby libnetwork, types.NEXTHOP and types.CONNECTED). */
const [NEXT_HOP, CONNECTED] = [0, 1];

/** What Docker is to do with the container's end: name, gateways, routes. */
export function joinAnswer(nic: Nic, { gateway, gatewayIPv6, routes }: Routing): Record<string, unknown> {
  return {
    InterfaceName: { SrcName: interfaceNames(nic.vlan ?? 0).containerEnd, DstPrefix: 'eth' },
    ...(gateway ? { Gateway: gateway } : {}),
    ...(gatewayIPv6 ? { GatewayIPv6: gatewayIPv6 } : {}),
    // Without any of the three, Docker adds docker_gwbridge as a second interface.
    ...(gateway || gatewayIPv6 ? {} : { DisableGatewayService: true }),
    StaticRoutes: routes.map(({ destination, nexthop }) => ({
      Destination: destination,
      ...(nexthop === undefined ? { RouteType: CONNECTED } : { RouteType: NEXT_HOP, NextHop: nexthop }),
    })),
  };
}
