import { interfaceNames } from '../nics/names.ts';
import { pluggedOf } from '../nics/nic.ts';
import type { Stage } from './stage.ts';

/**
 * Installs the flows that let a container send only what it may send, before a container has the NIC: for a
 * batch, in one change of the bridge's flow tables.
 */
export const guardPort = {
  name: 'guard port',

  async up(nics, { guard }) {
    return await guard.protect(pluggedOf(nics).map(({ vlan }) => interfaceNames(vlan).vmEnd));
  },

  // The guard removes the flows when the row is gone, so that no frame passes in between.
  async down() {
    return false;
  },
} as const satisfies Stage;
