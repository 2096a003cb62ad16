import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { codeBlocks, docstringBlocks, joinBlocks } from './code-blocks.ts';
import { compile } from './compile.ts';

const packages = join(import.meta.dirname, '../../packages');

/** Imports and declarations of the names that examples use without declaring them. */
interface Preludes {
  readonly docstrings: string;
  readonly readme: string;
}

const ovsdb: Preludes = {
  docstrings: `
import { readFileSync } from 'node:fs';
import {
  connect, isRowRef, isUuid, isWaitFailure, type NbTables, nbSchema, openReplica, type OvsdbClient, parseSchema,
  type Replica, Transaction,
} from '@ovn-docker/ovsdb';
import { startMemoryServer } from '@ovn-docker/ovsdb/testing';
declare const client: OvsdbClient;
declare const replica: Replica<NbTables>;
declare const uuid: string;
`,
  readme: `
import { readFileSync } from 'node:fs';
`,
};

const openstack: Preludes = {
  docstrings: '',
  readme: `
declare const secret: string, id: string, network_id: string, vifId: string, hundredsOfIds: string[];
declare const body: { network_id: string };
declare function chooseAnother(): void;
declare function lookForItBeforeRepeating(): void;
`,
};

const netlink: Preludes = {
  docstrings: `
import { execFileSync } from 'node:child_process';
import {
  announceLink, connectInNetns, createNetns, deleteNetns, enableIpv6, FileLock, inNetns, isNetlinkError, listNetns,
  NeighborQuery, PacketSocket, PrivateNetns, quietLink, refuseAdvertisements, removeNetnsDirectory, Rtnetlink,
  setChecksumOffload,
} from '@ovn-docker/netlink';
declare const rtnl: Rtnetlink;
declare const frame: Buffer;
`,
  readme: '',
};

const openflow: Preludes = {
  docstrings: `
import { connect, isOpenFlowError, type Match, type OpenFlow } from '@ovn-docker/openflow';
declare const of: OpenFlow;
`,
  readme: '',
};

const httpServer: Preludes = {
  docstrings: `
import type { ServerResponse } from 'node:http';
import { Connections, TlsFiles, TokenBuckets } from '@ovn-docker/http-server';
declare const response: ServerResponse;
`,
  readme: '',
};

test('the examples of ovsdb compile', () => {
  const { docstrings, readme, modules } = examplesOf('ovsdb', ovsdb);
  expect(docstrings.length).toBeGreaterThanOrEqual(17);
  expect(docstrings.join('')).toContain('await openReplica(');
  expect(readme.length).toBeGreaterThanOrEqual(9);
  expect(compile(modules)).toEqual([]);
}, 120_000);

test('the examples of openstack compile', () => {
  const { docstrings, readme, modules } = examplesOf('openstack', openstack);
  expect(docstrings.length).toBeGreaterThanOrEqual(13);
  expect(readme.length).toBeGreaterThanOrEqual(5);
  expect(compile(modules)).toEqual([]);
}, 120_000);

test('the examples of netlink compile', () => {
  const { docstrings, readme, modules } = examplesOf('netlink', netlink);
  expect(docstrings.length).toBeGreaterThanOrEqual(19);
  expect(readme.length).toBeGreaterThanOrEqual(11);
  expect(compile(modules)).toEqual([]);
}, 120_000);

test('the examples of openflow compile', () => {
  const { docstrings, readme, modules } = examplesOf('openflow', openflow);
  expect(docstrings.length).toBeGreaterThanOrEqual(3);
  expect(readme.length).toBeGreaterThanOrEqual(5);
  expect(compile(modules)).toEqual([]);
}, 120_000);

test('the examples of http-server compile', () => {
  const { docstrings, readme, modules } = examplesOf('http-server', httpServer);
  expect(docstrings.length).toBeGreaterThanOrEqual(3);
  expect(readme.length).toBeGreaterThanOrEqual(1);
  expect(compile(modules)).toEqual([]);
}, 120_000);

test.each(['ovsdb', 'openflow', 'openstack', 'netlink', 'http-server'])(
  'every @example of %s is a TypeScript code block',
  (name) => {
    const without = sourcesOf(name).filter(
      ({ text }) => docstringBlocks(text).length < text.split('@example').length - 1,
    );
    expect(without.map(({ path }) => path)).toEqual([]);
  },
);

test('the compiler reports an example that is wrong, with its line', () => {
  const path = join(packages, 'netlink/src/wrong.ts');
  const text = joinBlocks(netlink.docstrings, [
    "const blue = createNetns('blue');\n",
    'deleteNetns(blue.name);\n',
  ]);
  expect(compile(new Map([[path, text]]))).toEqual([
    "packages/netlink/src/wrong.ts: Property 'name' does not exist on type 'string'.: deleteNetns(blue.name);",
  ]);
}, 120_000);

/**
 * Returns the examples of a package, and the modules that contain them: one for each example of a docstring,
 * and one for the README, whose examples continue each other.
 */
function examplesOf(name: string, preludes: Preludes) {
  const docstrings = sourcesOf(name).flatMap(({ path, text }) =>
    docstringBlocks(text).map((code, n) => ({ path: path.replace(/\.ts$/, `.example-${n + 1}.ts`), code })),
  );
  const readme = codeBlocks(readFileSync(join(packages, name, 'README.md'), 'utf8'));
  const modules = new Map(
    docstrings.map(({ path, code }) => [path, joinBlocks(preludes.docstrings, [code])]),
  );
  modules.set(join(packages, name, 'README.example.ts'), joinBlocks(preludes.readme, readme));
  return { docstrings: docstrings.map(({ code }) => code), readme, modules };
}

/** Returns the hand-written source files of a package except its tests. */
function sourcesOf(name: string): { path: string; text: string }[] {
  const folder = join(packages, name, 'src');
  return globSync('**/*.ts', { cwd: folder })
    .filter((file) => !file.startsWith('generated') && !file.endsWith('.test.ts'))
    .map((file) => join(folder, file))
    .map((path) => ({ path, text: readFileSync(path, 'utf8') }));
}
