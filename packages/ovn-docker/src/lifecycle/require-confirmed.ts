import { OvnDockerError } from '../errors.ts';
import type { Engine } from '../nics/engine.ts';
import { inTime } from '../queues/in-time.ts';

/** How long a request waits for Neutron's confirmation, in milliseconds: a person waits for the answer. */
const PATIENCE_MS = 5000;

/**
 * Requires that Neutron has confirmed the NICs that the agent knows. Until then the agent makes nothing new:
 * it does not know all VLANs and ports.
 * @throws OvnDockerError `E_API_UNREACHABLE` or Neutron's own refusal
 */
export async function requireConfirmed(engine: Pick<Engine, 'confirm' | 'unconfirmed'>): Promise<void> {
  if (engine.unconfirmed === undefined) return;
  const late = () => {
    const message = `Neutron does not answer since the agent has started: ${engine.unconfirmed}`;
    return new OvnDockerError('E_API_UNREACHABLE', message);
  };
  await inTime(engine.confirm(), PATIENCE_MS, late);
}
