import type { HealthView } from '../../health/types.ts';

/** What one VM says of its health, or why it says nothing. */
export type VmReport = { readonly host: string } & (
  | HealthView
  | { readonly error: { readonly code: string; readonly message: string; readonly hint: string } }
);

/** Whether the VM answers, its agent can provide a NIC, and no container is faulty. */
export function isWell(report: VmReport): boolean {
  return (
    !('error' in report) && report.ready && report.containers.every(({ verdict }) => verdict !== 'faulty')
  );
}
