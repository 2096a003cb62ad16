import { asOvnDockerError, OvnDockerError } from '../../errors.ts';
import type { HealthView } from '../../health/types.ts';
import { inTime } from '../../queues/in-time.ts';

/** How long a VM may take to answer, connecting to it included, in milliseconds. */
const PATIENCE_MS = 15_000;

/** What one VM says of its health, or why it says nothing. */
export type VmReport = { readonly host: string } & (
  | HealthView
  | { readonly error: { readonly code: string; readonly message: string; readonly hint: string } }
);

/** Asks one agent. Never rejects: a VM that does not answer is a result, too. */
export async function reportOf(
  host: string,
  ask: (limitMs: number) => Promise<HealthView>,
  patienceMs = PATIENCE_MS,
): Promise<VmReport> {
  const late = () => new OvnDockerError('E_AGENT_NOT_RUNNING', `no answer in ${patienceMs / 1000} s`);
  try {
    return { host, ...(await inTime(ask(patienceMs), patienceMs, late)) };
  } catch (error) {
    return { host, error: asOvnDockerError(error).toJSON() };
  }
}

/** Whether the VM answers, its agent can provide a NIC, and no container is faulty. */
export function isWell(report: VmReport): boolean {
  return (
    !('error' in report) && report.ready && report.containers.every(({ verdict }) => verdict !== 'faulty')
  );
}
