import { setImmediate } from 'node:timers/promises';
import { dockerNetworks } from '../networks/docker-networks.ts';
import type { Engine } from '../nics/engine.ts';
import { interfaceNames, rowKeys } from '../nics/names.ts';
import { pluggedOf } from '../nics/nic.ts';
import { portNote } from '../nics/port-note.ts';
import { forgetReplaced } from '../nics/replaced-rows.ts';
import { forgetOtherTargets, recordTargets } from '../nics/target-records.ts';
import { recordVm } from '../vm/vm-record.ts';

/** NICs per turn of the event loop: each takes some microseconds. */
const PER_TURN = 200;

/**
 * Records in the VM's switch what an agent needs that starts while Neutron is away: the VM's own port,
 * networks and subnets, and on each row its port. Stages write most of it when they plug a NIC; this adds
 * what has changed since, and what an earlier release did not write. Writes nothing when nothing has changed.
 */
export async function recordForBoot(engine: Engine): Promise<void> {
  const vm = await engine.vm();
  if (engine.unconfirmed !== undefined) return;
  const { vmSwitch, vifId, macs, parentMtu, parentLinks } = vm;
  await recordVm(vmSwitch, { vifId, mode: parentLinks.mode, macs: [...macs].sort(), parentMtu });
  // Read again after each wait: a NIC of a new network may have been made meanwhile.
  const targets = () =>
    new Set([...engine.pools.all(), ...engine.nics.all(), ...engine.draining].map(({ target }) => target));
  await recordTargets(vmSwitch, targets());
  const used = [...dockerNetworks.all(vmSwitch).values()];
  await forgetOtherTargets(
    vmSwitch,
    targets,
    used.flatMap(({ network, subnets }) => [network, ...subnets.map(({ id }) => id)]),
  );
  await forgetReplaced(vmSwitch);
  for (const [index, nic] of pluggedOf(engine.nics.all()).entries()) {
    if (index % PER_TURN === 0) await setImmediate();
    if (nic.state === 'making') continue;
    const { vmEnd } = interfaceNames(nic.vlan);
    const { externalIds } = vmSwitch.port(vmEnd) ?? {};
    const note = portNote(nic);
    if (externalIds?.[rowKeys.ifaceId] !== nic.port.id || externalIds[rowKeys.port] === note) continue;
    await vmSwitch.annotate(vmEnd, { [rowKeys.port]: note });
  }
}
