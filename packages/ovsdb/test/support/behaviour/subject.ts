import { expect } from 'vitest';
import {
  connect,
  type Operation,
  type OperationResult,
  type OvsdbClient,
  openReplica,
  type Replica,
} from '../../../src/index.ts';
import { type TestTables, testSchema } from '../../generated/test.ts';

/** Any server with the test schema. */
export interface ServerUnderTest extends AsyncDisposable {
  readonly remote: string;
}

/** The server, client and replica of the behaviour tests. They exist after `begin` has resolved. */
export class Subject {
  server!: ServerUnderTest;
  client!: OvsdbClient;
  replica!: Replica<TestTables>;

  async begin(start: () => Promise<ServerUnderTest>): Promise<void> {
    this.server = await start();
    this.client = await connect({ remotes: this.server.remote });
    const all = { Root: '*', Child: '*', Single: '*', Must: '*' } as const;
    this.replica = await openReplica(this.client, testSchema, all, {
      indexes: { Root: [{ column: 'ids', key: 'owner' }] },
    });
  }

  async end(): Promise<void> {
    await this.client?.close();
    await this.server?.[Symbol.asyncDispose]();
  }

  /** Deletes all rows. */
  async empty(): Promise<void> {
    await this.replica.transaction().delete('Must', []).delete('Root', []).delete('Single', []).commit();
    expect(this.replica.rows('Root').size + this.replica.rows('Child').size).toBe(0);
  }

  transact(...operations: Operation[]): Promise<readonly OperationResult[]> {
    return this.client.transact('Test', operations);
  }

  /** The row of Root with this name. */
  root(name: string): TestTables['Root'] {
    return this.replica.find('Root', { name })[0] ?? expect.unreachable(`no row ${name}`);
  }

  async insertRoot(name: string, columns: Partial<TestTables['Root']> = {}): Promise<void> {
    const t = this.replica.transaction();
    t.insert('Root', { name, ...columns });
    await t.commit();
  }
}
