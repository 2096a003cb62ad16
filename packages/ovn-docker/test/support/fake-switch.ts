import type { AccessPort, PluggedPort } from '../../src/clients/vm-switch.ts';
import { pluggedPort } from './plugged-port.ts';

/** The VM's switch in memory; every change takes a turn of the event loop, as a transaction does. */
export class FakeSwitch {
  readonly bridge = 'br0';
  readonly isUserspace = false;
  readonly rows = new Map<string, PluggedPort>();
  /** Thrown by the next change. */
  failure: Error | undefined;
  #records: Record<string, string> = {};

  ports = () => [...this.rows.values()];
  port = (name: string) => this.rows.get(name);
  records = () => this.#records;
  problemOf: (name: string) => string | undefined = () => undefined;
  vlanUsers = () =>
    new Map(
      this.ports()
        .filter(({ vlan }) => vlan !== undefined)
        .map(({ name, vlan = 0 }) => [vlan, [name]]),
    );

  async writeRecords(records: Readonly<Record<string, string | undefined>>): Promise<void> {
    // ovsdb-server drops the connection.
    if (JSON.stringify(records).includes('\\u0000')) throw new Error('a NUL in a transaction');
    const entries = Object.entries({ ...this.#records, ...records });
    this.#records = Object.fromEntries(
      entries.filter((pair): pair is [string, string] => pair[1] !== undefined),
    );
  }

  async plug(ports: readonly AccessPort[]): Promise<void> {
    const missing = ports.filter(({ name }) => !this.rows.has(name));
    await this.#turn();
    for (const port of missing) {
      // As ovsdb-server does: the names of interfaces are an index (ovs-vswitchd.conf.db(5), Interface).
      if (this.rows.has(port.name)) throw new Error(`constraint violation: ${port.name} exists`);
      this.rows.set(port.name, pluggedPort(port));
    }
  }

  async unplug(names: readonly string[]): Promise<void> {
    if (!names.some((name) => this.rows.has(name))) return;
    await this.#turn();
    for (const name of names) this.rows.delete(name);
  }

  async annotate(name: string, notes: Readonly<Record<string, string | undefined>>): Promise<void> {
    await this.#turn();
    const row = this.rows.get(name);
    if (!row) return;
    const entries = Object.entries({ ...row.externalIds, ...notes });
    const externalIds = Object.fromEntries(
      entries.filter((pair): pair is [string, string] => pair[1] !== undefined),
    );
    this.rows.set(name, { ...row, externalIds });
  }

  async untilApplied(): Promise<void> {
    await this.#turn();
  }

  async restore(ports: readonly AccessPort[]): Promise<void> {
    await this.#turn();
    for (const port of ports) if (this.rows.has(port.name)) this.rows.set(port.name, pluggedPort(port));
  }

  async #turn(): Promise<void> {
    await Promise.resolve();
    const { failure } = this;
    this.failure = undefined;
    if (failure) throw failure;
  }
}
