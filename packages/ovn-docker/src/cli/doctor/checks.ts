import type { Link } from '../checklist/check.ts';
import { askDatapath } from './ask-datapath.ts';
import { askDockerd } from './ask-dockerd.ts';
import { compareMtu } from './compare-mtu.ts';
import { countVlans } from './count-vlans.ts';
import { findCredential } from './find-credential.ts';
import { findVifId } from './find-vif-id.ts';
import { listExtensions } from './list-extensions.ts';
import { lookAtSwitch } from './look-at-switch.ts';
import { lookAtTrunk } from './look-at-trunk.ts';
import { readCatalog } from './read-catalog.ts';
import { warmOneNic } from './warm-one-nic.ts';

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
