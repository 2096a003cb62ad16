import { attach } from '../attach/attach.ts';
import { explained } from '../clients/neutron/refusals.ts';
import { heal } from '../lifecycle/heal.ts';
import { renew } from '../lifecycle/renew.ts';
import type { Engine } from '../nics/engine.ts';
import { macsNote } from '../nics/guarded-port.ts';
import { isUnnoticed } from '../nics/health.ts';
import { driftsNow, lookAt } from '../nics/look-at.ts';
import { interfaceNames, rowKeys } from '../nics/names.ts';
import { isPlugged, type Nic, type PluggedNic } from '../nics/nic.ts';
import { intoPool } from '../pools/into-pool.ts';
import type { Vm } from '../vm/vm.ts';
import type { RepairableKind } from './finding.ts';

const repairs: Record<RepairableKind, (nic: PluggedNic, vm: Vm) => Promise<void>> = {
  'lost subport': (nic, { parentLinks }) => explained(parentLinks.trunk.restore(nic)),
  'lost binding': (nic, { parentLinks }) => explained(parentLinks.binding.restore(nic)),
  'moved subport': reattach,
  'down port': async (nic, vm) => {
    const { status } = await explained(nic.neutron.ports.get(nic.port.id));
    if (status === 'DOWN') await reattach(nic, vm);
  },
  'wrong guard': followPort,
  unplugged: healOne,
  'wrong VLAN': healOne,
  'wrong row': healOne,
  'wrong link': healOne,
  'not switched': healOne,
  'broken pair': async (nic, vm) => {
    if (driftsNow(nic, vm).some(({ kind }) => kind === 'broken pair')) await renew(nic, vm);
  },
  'unnoticed link': async (nic, vm) => {
    if (!isUnnoticed(lookAt(nic, vm))) return;
    await vm.vmSwitch.unplug([interfaceNames(nic.vlan).vmEnd], { awaitClose: true });
    await attach([nic], vm, 'guard port', 'enter container');
  },
};

/**
 * Repairs a defect, if the NIC still has it in its turn: since the observation its container may have started
 * again, and a repair of a healthy NIC would interrupt it. During the repair a warm NIC is not in its pool,
 * so that no container gets it half repaired. If the repair fails, the warm NIC is deleted.
 */
export async function repair(engine: Engine, nic: Nic, kind: RepairableKind): Promise<void> {
  // Neutron has refused another address since the observation, and all parts of the NIC are deleted.
  if (!isPlugged(nic)) return;
  // A container of the libnetwork driver has lost its interface, and gets one only when it is started again.
  if (kind === 'broken pair' && nic.state === 'claimed' && nic.claim?.label === undefined) return;
  const vm = await engine.vm();
  const work = () => repairs[kind](nic, vm);
  // The NIC is returning to its pool: the next pass checks it again.
  if (nic.state === 'making') return;
  if (nic.state !== 'warm') return await work();
  const pool = engine.pools.get(nic.target);
  if (!pool?.drop(nic)) return;
  for (const error of (await intoPool(engine, [nic], pool, work)).values()) throw error;
}

/** A user has changed the port's allowed address pairs or its port security: the guard follows the row. */
async function followPort(nic: PluggedNic, { vmSwitch }: Vm): Promise<void> {
  const port = await explained(nic.neutron.ports.get(nic.port.id));
  const { port_security_enabled, allowed_address_pairs } = port;
  Object.assign(nic, { port: { ...nic.port, port_security_enabled, allowed_address_pairs } });
  await vmSwitch.annotate(interfaceNames(nic.vlan).vmEnd, { [rowKeys.macs]: macsNote(port) });
}

/** A port that is not plugged may have no pair, either: attach makes both. */
async function healOne(nic: PluggedNic, vm: Vm): Promise<void> {
  await heal([nic], vm);
}

function reattach(nic: PluggedNic, { parentLinks }: Vm): Promise<void> {
  return explained(parentLinks.of(nic).reattach(nic));
}
