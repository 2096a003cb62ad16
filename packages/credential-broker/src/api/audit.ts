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

/** How long refusals by the rule "rate" are counted for one line, in ms. */
const WINDOW_MS = 1000;

/**
 * The audit trail: one line of the log for each refusal and each change. A VM that sends too fast must not
 * crowd out the other lines: its first refusal is a line, and those of the next second together are another.
 */
export class Audit {
  readonly #log: Log;
  /** The number of further refusals by the rule "rate", by VM and address. */
  readonly #tooFast = new Map<string, number>();

  constructor(log: Log) {
    this.#log = log;
  }

  /** @param rule the rule that caused the refusal */
  refused(sender: Sender, rule: string, reason: string): void {
    if (rule === 'rate' && this.#isCounted(sender, reason)) return;
    this.#write(sender, rule, reason);
  }

  #write(sender: Sender, rule: string, reason: string, times?: number): void {
    const counted = times === undefined ? {} : { times };
    const shown = { audit: 'refused', ...line(sender), rule, reason: reason.slice(0, 1000), ...counted };
    this.#log.warn(shown, 'refused');
  }

  /** Whether a line that is written later stands for this refusal too. */
  #isCounted(sender: Sender, reason: string): boolean {
    const key = `${sender.vm} ${sender.address}`;
    const further = this.#tooFast.get(key);
    this.#tooFast.set(key, further === undefined ? 0 : further + 1);
    if (further !== undefined) return true;
    const end = () => {
      const times = this.#tooFast.get(key) ?? 0;
      this.#tooFast.delete(key);
      if (times > 0) this.#write(sender, 'rate', reason, times);
    };
    setTimeout(end, WINDOW_MS).unref();
    return false;
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
