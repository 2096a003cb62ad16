import type { Resource } from '../resource.ts';
import { networks } from './networks.ts';
import { ports } from './ports.ts';
import { securityGroupRules, securityGroups } from './security-groups.ts';
import { subnets } from './subnets.ts';
import { trunks } from './trunks.ts';

/** Every kind of resource that the network service has. */
export const resources: readonly Resource[] = [
  networks,
  subnets,
  ports,
  trunks,
  securityGroups,
  securityGroupRules,
];
