import type { Command } from '../command.ts';
import { agent } from './agent.ts';
import { createNetwork } from './create-network.ts';
import { credentialCreate } from './credential-create.ts';
import { credentialDelete } from './credential-delete.ts';
import { credentialList } from './credential-list.ts';
import { deleteNetwork } from './delete-network.ts';
import { doctor } from './doctor.ts';
import { events } from './events.ts';
import { gc } from './gc.ts';
import { health } from './health.ts';
import { init } from './init.ts';
import { isolationReceive } from './isolation-receive.ts';
import { isolationSend } from './isolation-send.ts';
import { join } from './join.ts';
import { listNetworks } from './list-networks.ts';
import { poolDrain } from './pool-drain.ts';
import { poolFill } from './pool-fill.ts';
import { poolList } from './pool-list.ts';
import { run } from './run.ts';
import { status } from './status.ts';
import { systemDialStdio } from './system-dial-stdio.ts';
import { token } from './token.ts';
import { vifId } from './vif-id.ts';

/** All commands, in the order of `--help`. */
export const commands: readonly Command[] = [
  createNetwork,
  deleteNetwork,
  listNetworks,
  run,
  token,
  vifId,
  join,
  init,
  credentialCreate,
  credentialList,
  credentialDelete,
  status,
  health,
  poolList,
  poolFill,
  poolDrain,
  gc,
  events,
  doctor,
  isolationReceive,
  isolationSend,
  agent,
  systemDialStdio,
];

/** Descriptions of the command groups. A group's name is the first word of its commands. */
export const groups: Readonly<Record<string, string>> = {
  create: 'create a network',
  credential: 'manage the narrow credentials of the agents in your VMs',
  delete: 'delete a network',
  list: 'list networks',
  isolation: 'test whether this cloud keeps the VLANs of different VMs apart',
  system: 'connect programs outside with this VM',
  pool: 'manage the warm NICs, with which containers start without waiting for Neutron',
};
