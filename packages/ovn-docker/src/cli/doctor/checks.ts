import type { Link } from '../checklist/check.ts';
import { readCatalog } from './catalog-check.ts';
import { findCredential } from './credential-check.ts';
import { askDatapath } from './datapath-check.ts';
import { askDockerd } from './dockerd-check.ts';
import { listExtensions } from './extensions-check.ts';
import { compareMtu } from './mtu-check.ts';
import { lookAtSwitch } from './switch-check.ts';
import { lookAtTrunk } from './trunk-check.ts';
import { findVifId } from './vif-id-check.ts';
import { countVlans } from './vlans-check.ts';
import { warmOneNic } from './warm-nic-check.ts';

/** The chain, in the order in which a container's NIC depends on it: a link says nothing about those before it. */
export const links: readonly Link[] = [
  findCredential,
  readCatalog,
  listExtensions,
  findVifId,
  lookAtTrunk,
  countVlans,
  lookAtSwitch,
  askDatapath,
  compareMtu,
  askDockerd,
  warmOneNic,
];
