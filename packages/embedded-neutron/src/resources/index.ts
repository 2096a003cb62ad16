import type { Resource } from '../api/resource.ts';
import { networks } from './network/resource.ts';
import { ports } from './port/resource.ts';
import { securityGroupRules, securityGroups } from './security-group/resource.ts';
import { subnets } from './subnet/resource.ts';
import { trunks } from './trunk/resource.ts';

/** Every kind of resource that the network service serves. */
export const resources: readonly Resource[] = [
  networks,
  subnets,
  ports,
  trunks,
  securityGroups,
  securityGroupRules,
];
