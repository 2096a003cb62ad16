import type { Case } from './case.ts';
import { listCases } from './lists.ts';
import { networkCases } from './networks.ts';
import { portCases } from './ports.ts';
import { quotaCases } from './quotas.ts';
import { securityGroupCases } from './security-groups.ts';
import { subnetCases } from './subnets.ts';
import { trunkCases } from './trunks.ts';

/** All tables of cases, by the name of their recordings. */
export const tables: Readonly<Record<string, readonly Case[]>> = {
  networks: networkCases,
  subnets: subnetCases,
  ports: portCases,
  'security-groups': securityGroupCases,
  trunks: trunkCases,
  lists: listCases,
  quotas: quotaCases,
};
