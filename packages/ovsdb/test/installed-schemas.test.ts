import { expect, it } from 'vitest';
import {
  connect,
  type DatabaseSchema,
  nbSchema,
  openReplica,
  sbSchema,
  vswitchSchema,
} from '../src/index.ts';
import { startServer } from './support/real-server.ts';

/** The committed modules, and the schemas of the installed OVN and Open vSwitch, which may be later ones. */
const modules = [
  [nbSchema, '/usr/share/ovn/ovn-nb.ovsschema'],
  [sbSchema, '/usr/share/ovn/ovn-sb.ovsschema'],
  [vswitchSchema, '/usr/share/openvswitch/vswitch.ovsschema'],
].map(([schema, file]) => ({ schema: schema as unknown as DatabaseSchema, file: String(file) }));

/** The names of all columns, such as `ACL.action`. */
function columnsOf({ tables }: DatabaseSchema): string[] {
  return Object.entries(tables).flatMap(([table, { columns }]) =>
    Object.keys(columns).map((column) => `${table}.${column}`),
  );
}

it.each(modules)(
  'the installed $schema.name has every column of the committed module, and a replica of all of them opens',
  async ({ schema, file }) => {
    await using server = await startServer({ schemas: [file] });
    await using client = await connect({ remotes: server.remote });
    const installed = columnsOf(await client.getSchema(schema.name));
    expect(columnsOf(schema).filter((column) => !installed.includes(column))).toEqual([]);
    const everything = Object.fromEntries(Object.keys(schema.tables).map((table) => [table, '*' as const]));
    await using replica = await openReplica(client, schema, everything);
    expect(Object.keys(schema.tables).flatMap((table) => replica.find(table, {}))).toEqual([]);
  },
);
