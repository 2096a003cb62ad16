import { setTimeout as delay } from 'node:timers/promises';
import { interfaceNames } from '../nics/names.ts';
import type { Claim, Nic } from '../nics/nic.ts';
import type { Log } from '../observe/log.ts';
import { steadyNow } from '../observe/steady-clock.ts';
import type { Vm } from '../vm/vm.ts';
import { addFallbackRoutes } from './add-fallback-routes.ts';

/** The pause between two rounds in milliseconds, and what each waiting NIC adds: a look takes 0.03 ms. */
const PAUSE_MS = 2;
const PAUSE_PER_NIC_MS = 0.3;

/** After this time `agent/watch-published-ports.ts` adds the routes, when the container has started. */
const PATIENCE_MS = 30_000;

interface Waiting {
  readonly claim: Claim;
  readonly vm: Vm;
  readonly until: number;
}

/**
 * Adds fallback routes as soon as dockerd has brought an interface up in its container. Before Docker 28,
 * dockerd does this after its last call to the driver, and some tens of milliseconds before it starts the
 * program. On a busy VM, ovs-vswitchd reports the carrier of the VM's end too late. So this class looks at
 * the kernel.
 */
export class SandboxWaiters {
  readonly #waiting = new Map<Nic, Waiting>();
  readonly #log: Log;

  constructor(log: Log) {
    this.#log = log;
  }

  /** Waits for a NIC whose Join the agent is answering. */
  add(nic: Nic, vm: Vm): void {
    if (!nic.claim?.gateways) return;
    this.#waiting.set(nic, { claim: nic.claim, vm, until: steadyNow() + PATIENCE_MS });
    if (this.#waiting.size === 1) void this.#lookUntilNoneWaits();
  }

  /** Adds the routes of all NICs whose interface is up by now. */
  look(): void {
    for (const [nic, waiting] of this.#waiting) if (this.#isDone(nic, waiting)) this.#waiting.delete(nic);
  }

  async #lookUntilNoneWaits(): Promise<void> {
    while (this.#waiting.size > 0) {
      this.look();
      await delay(PAUSE_MS + PAUSE_PER_NIC_MS * this.#waiting.size, undefined, { ref: false });
    }
  }

  #isDone(nic: Nic, { claim, vm, until }: Waiting): boolean {
    if (nic.claim !== claim || claim.sandbox === undefined || steadyNow() > until) return true;
    try {
      // One cheap look tells that dockerd has not moved the interface yet.
      if (nic.vlan !== undefined && vm.netlink.link(interfaceNames(nic.vlan).containerEnd)) return false;
      return addFallbackRoutes(nic, claim.sandbox);
    } catch (error) {
      this.#log.warn({ nic: nic.id, err: error }, 'could not add a default route');
      return true;
    }
  }
}
