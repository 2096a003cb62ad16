import type { Routing } from '../../attach/parts/routing.ts';
import { interfaceNames } from '../../nics/names.ts';
import type { PluggedNic } from '../../nics/nic.ts';

/** libnetwork's kinds of static routes (moby libnetwork, types.NEXTHOP and types.CONNECTED). */
const [NEXT_HOP, CONNECTED] = [0, 1];

/**
 * The answer to Join: which interface Docker moves into the container, its name there, gateways and routes.
 * Without the gateways if the agent itself adds the default routes (`claim.gateways`).
 */
export function joinAnswer(nic: PluggedNic, routing: Routing): Record<string, unknown> {
  const { routes } = routing;
  const { gateway, gatewayIPv6 } = nic.claim?.gateways ? {} : routing;
  const { interfaceName } = nic.claim?.endpoint ?? {};
  return {
    InterfaceName: {
      SrcName: interfaceNames(nic.vlan).containerEnd,
      DstPrefix: 'eth',
      ...(interfaceName === undefined ? {} : { DstName: interfaceName }),
    },
    ...(gateway ? { Gateway: gateway } : {}),
    ...(gatewayIPv6 ? { GatewayIPv6: gatewayIPv6 } : {}),
    // Without a gateway and without this field, Docker adds docker_gwbridge as a second interface.
    ...(gateway || gatewayIPv6 ? {} : { DisableGatewayService: true }),
    StaticRoutes: routes.map(({ destination, nexthop }) => ({
      Destination: destination,
      ...(nexthop === undefined ? { RouteType: CONNECTED } : { RouteType: NEXT_HOP, NextHop: nexthop }),
    })),
  };
}
