import { OvnDockerError } from '../errors.ts';
import { enter } from '../lifecycle/enter.ts';
import type { Engine } from '../nics/engine.ts';
import type { EnterRequest, NicView } from './types.ts';
import { viewNic } from './views.ts';

/**
 * Moves a prepared NIC into a running container. A second call for the same process changes nothing.
 * @throws OvnDockerError `E_NIC_UNKNOWN`
 */
export async function enterNic(engine: Engine, label: string, request: EnterRequest): Promise<NicView> {
  const nic = engine.nics.withLabel(label);
  if (!nic) throw new OvnDockerError('E_NIC_UNKNOWN', `the agent has no NIC ${label}`);
  await engine.inTurn.run(nic.id, async () => enter(nic, await engine.vm(), request));
  return viewNic(nic);
}
