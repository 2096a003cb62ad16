import type { Log } from '../log.ts';

/** Who sent what. */
export interface Sender {
  readonly address: string;
  /** The id of the VM's own port, if the certificate is valid. */
  vm?: string;
  invitation?: string;
  readonly method: string;
  /** Without a query. */
  readonly path: string;
}

/** Longest path in a line of the audit trail, in characters. */
const LONGEST_PATH = 300;

/** The audit trail: one line of the log for each refusal and each change. */
export class Audit {
  readonly #log: Log;

  constructor(log: Log) {
    this.#log = log;
  }

  /** @param rule the rule that caused the refusal */
  refused(sender: Sender, rule: string, reason: string): void {
    this.#log.warn({ audit: 'refused', ...line(sender), rule, reason: reason.slice(0, 1000) }, 'refused');
  }

  /** A change that the broker passed on to Neutron, whatever Neutron answered. */
  changed(sender: Sender, result: { readonly status: number; readonly requestId: string | undefined }): void {
    const { status, requestId } = result;
    this.#log.info({ audit: 'changed', ...line(sender), status, request_id: requestId }, 'changed');
  }

  /** A VM received a certificate. */
  certified(sender: Sender, kind: 'joined' | 'renewed', expiresAt: string): void {
    this.#log.info({ audit: kind, ...line(sender), expires_at: expiresAt }, kind);
  }
}

function line(sender: Sender): Sender {
  return { ...sender, path: sender.path.slice(0, LONGEST_PATH) };
}
