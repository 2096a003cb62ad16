import { asOvnDockerError, OvnDockerError } from '../errors.ts';
import type { Engine } from '../nics/engine.ts';
import { inTime } from '../queues/in-time.ts';
import type { Vm } from '../vm/vm.ts';
import type { LastPass } from './last-pass.ts';
import type { ReadinessView } from './types.ts';

/** How long Neutron may take to identify the VM, in milliseconds. */
const PATIENCE_MS = 2000;

/** Whether the agent can provide a NIC now, from what it knows: it asks neither Neutron nor Docker. */
export async function readiness(
  engine: Engine,
  lastPass: Pick<LastPass, 'error' | 'isGuarded'>,
): Promise<ReadinessView> {
  const late = () =>
    new OvnDockerError(
      'E_API_UNREACHABLE',
      'the agent still waits for Neutron, which must tell it the VM’s port',
    );
  try {
    const vm = await inTime(engine.vm(), PATIENCE_MS, late);
    return judge(engine, vm, lastPass);
  } catch (error) {
    return { ready: false, reasons: [asOvnDockerError(error).message], notes: [] };
  }
}

function judge(
  { pools, unconfirmed }: Engine,
  { vmSwitch, uplink, vlans }: Vm,
  { error, isGuarded }: Pick<LastPass, 'error' | 'isGuarded'>,
): ReadinessView {
  const problem = vmSwitch.problemOf(uplink);
  const warm = pools.all().reduce((sum, pool) => sum + pool.warm, 0);
  const onlyWarm = [
    ...(vlans.free === 0 ? ['no VLAN of this VM is free'] : []),
    ...(unconfirmed === undefined
      ? []
      : [`Neutron has not answered since the agent started: ${unconfirmed}`]),
    ...(error === undefined || unconfirmed !== undefined ? [] : [asOvnDockerError(error).message]),
  ];
  const reasons = [
    ...(problem === undefined ? [] : [`the VM’s switch cannot use the uplink ${uplink}: ${problem}`]),
    ...(isGuarded ? [] : ['the flow tables of the VM’s bridge do not answer']),
    ...(warm === 0 ? onlyWarm : []),
  ];
  const notes = warm > 0 ? onlyWarm.map((why) => `only ${warm} warm NICs: ${why}`) : [];
  return { ready: reasons.length === 0, reasons, notes };
}
