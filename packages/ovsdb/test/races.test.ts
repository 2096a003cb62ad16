import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  connect,
  OvsdbClosedError,
  OvsdbConnectionError,
  OvsdbRequestError,
  openReplica,
  parseSchema,
  type Row,
  Transaction,
} from '../src/index.ts';
import { testSchema } from './generated/test.ts';
import { startProxy } from './support/proxy.ts';
import { startRaftServer } from './support/raft-server.ts';
import { type RealServer, startServer } from './support/real-server.ts';
import { testSchema as json } from './support/test-schema.ts';

const quick = { minMs: 5, maxMs: 50 };

/** Starts a server that accepts connections and sends nothing. */
async function startMute(directory: string) {
  const path = join(directory, `mute${Math.random()}`);
  const sockets = new Set<Socket>();
  const accepted = Promise.withResolvers<void>();
  const server = createServer((socket) => {
    sockets.add(socket.on('error', () => undefined).resume());
    socket.on('close', () => sockets.delete(socket));
    accepted.resolve();
  });
  await new Promise<void>((resolve) => server.listen(path, resolve));
  return {
    remote: `unix:${path}`,
    accepted: accepted.promise,
    sockets,
    [Symbol.asyncDispose]: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  };
}

describe('while a server accepts connections and sends nothing', () => {
  let server: RealServer;
  beforeAll(async () => {
    server = await startServer({ schemas: [json] });
  });
  afterAll(() => server[Symbol.asyncDispose]());

  it('an attempt to connect ends after connectTimeoutMs', async () => {
    await using mute = await startMute(server.directory);
    const attempt = connect({ remotes: mute.remote, connectTimeoutMs: 50, probeIntervalMs: 0 });
    await expect(attempt).rejects.toBeInstanceOf(OvsdbConnectionError);
  });

  it('aborting connect ends the connection too', async () => {
    await using mute = await startMute(server.directory);
    const abort = new AbortController();
    const attempt = connect({ remotes: mute.remote, signal: abort.signal, probeIntervalMs: 0 });
    await mute.accepted;
    const [socket] = mute.sockets;
    const closed = new Promise<void>((resolve) => socket?.on('close', () => resolve()));
    abort.abort(new Error('enough'));
    await expect(attempt).rejects.toThrow('enough');
    await closed;
  });

  it('close rejects the calls that wait for a connection', async () => {
    await using proxy = await startProxy(server.remote);
    const client = await connect({ remotes: proxy.remote, backoff: quick, probeIntervalMs: 0 });
    const replica = await openReplica(client, testSchema, { Root: '*' });
    const lock = await client.lock('L');
    await lock.acquired;
    const disconnected = new Promise<void>((resolve) => client.on('disconnected', () => resolve()));
    proxy.deaf = true;
    proxy.drop();
    await disconnected;
    const waiting = [
      openReplica(client, testSchema, { Child: '*' }),
      replica.until((r) => r.find('Root', { name: 'never' })[0]),
      lock.acquired,
      client.listDbs(),
      client.lock('other'),
      replica.setConditions({ Root: [['name', '==', 'x']] }),
    ].map((promise) => expect(promise).rejects.toBeInstanceOf(OvsdbClosedError));
    await client.close();
    await Promise.all(waiting);
    await expect(openReplica(client, testSchema, { Root: '*' })).rejects.toBeInstanceOf(OvsdbClosedError);
    expect([lock.held, replica.synchronized]).toEqual([false, false]);
  });
});

it('close ends a reconnection that has just begun', async () => {
  await using server = await startServer({ schemas: [json] });
  await using proxy = await startProxy(server.remote);
  for (let turns = 0; turns < 12; turns++) {
    const client = await connect({ remotes: proxy.remote, backoff: { minMs: 1, maxMs: 1 } });
    const disconnected = new Promise<void>((resolve) => client.on('disconnected', () => resolve()));
    proxy.drop();
    await disconnected;
    for (let turn = 0; turn < turns; turn++) await nextTurn();
    await client.close();
    expect(client.connected).toBe(false);
  }
});

it('a request that is not JSON rejects, and the connection stays up', async () => {
  await using server = await startServer({ schemas: [json] });
  const unhandled: unknown[] = [];
  const record = (error: unknown) => unhandled.push(error);
  process.on('unhandledRejection', record);
  const client = await connect({ remotes: server.remote });
  const row = { number: 1n } as never;
  await expect(client.transact('Test', [{ op: 'insert', table: 'Root', row }])).rejects.toThrow(TypeError);
  expect(await client.listDbs()).toContain('Test');
  await client.close();
  await nextTurn();
  process.off('unhandledRejection', record);
  expect(unhandled).toEqual([]);
});

it('a request that changes nothing rejects at once when it is aborted', async () => {
  await using server = await startServer({ schemas: [json] });
  await using proxy = await startProxy(server.remote);
  await using client = await connect({ remotes: proxy.remote, probeIntervalMs: 0 });
  proxy.deaf = true;
  const abort = new AbortController();
  const calls = [
    client.listDbs({ signal: abort.signal }),
    client.lock('aborted', { signal: abort.signal }),
  ].map((call) => expect(call).rejects.toThrow('enough'));
  abort.abort(new Error('enough'));
  await Promise.all(calls);
  proxy.deaf = false;
  // A late reply to an aborted request does no harm.
  proxy.drop();
  const disconnected = new Promise<void>((resolve) => client.on('disconnected', () => resolve()));
  await disconnected;
  expect(await client.listDbs()).toContain('Test');
  // The client does not request the aborted lock again.
  await using other = await connect({ remotes: server.remote });
  const lock = await other.lock('aborted');
  await lock.acquired;
});

it('a replica that is closed in the middle of an update does not end the connection', async () => {
  await using server = await startServer({ schemas: [json] });
  await using proxy = await startProxy(server.remote);
  await using client = await connect({ remotes: proxy.remote });
  await using writer = await connect({ remotes: server.remote });
  const reasons: string[] = [];
  client.on('disconnected', ({ message }) => reasons.push(message));
  const rows = 8_000;
  let total = 0;
  for (let turns = -1; turns < 8; turns++) {
    await using replica = await openReplica(client, testSchema, { Root: '*' });
    const before = proxy.bytes;
    const t = new Transaction(testSchema, writer);
    for (let i = 0; i < rows; i++) t.insert('Root', { name: `${turns} ${i}`, words: ['a', 'b'] });
    const committed = t.commit();
    if (turns < 0) {
      await replica.until((r) => r.rows('Root').size === rows);
      total = proxy.bytes - before;
    } else {
      while (proxy.bytes - before < total - 20_000) await nextTurn();
      for (let turn = 0; turn < turns; turn++) await nextTurn();
      await replica.close();
    }
    await committed;
    await client.listDbs();
    await new Transaction(testSchema, writer).delete('Root', []).commit();
  }
  expect(reasons).toEqual([]);
});

describe('conditions', () => {
  it('that the server refused are not used on the next connection', async () => {
    await using server = await startServer({ schemas: [json] });
    await using proxy = await startProxy(server.remote);
    await using client = await connect({ remotes: proxy.remote, backoff: quick });
    await using replica = await openReplica(client, testSchema, {
      Root: { columns: ['name'], where: [['name', '!=', 'hidden']] },
    });
    await expect(replica.setConditions({ Root: [['name', '<', 'x']] })).rejects.toMatchObject({
      name: 'OvsdbRequestError',
    });
    const disconnected = new Promise<void>((resolve) => client.on('disconnected', () => resolve()));
    proxy.drop();
    await disconnected;
    await replica.until((r) => r.synchronized, { timeoutMs: 5_000 });
    const t = replica.transaction();
    t.insert('Root', { name: 'seen' });
    t.insert('Root', { name: 'hidden' });
    await t.commit();
    expect(Array.from(replica.rows('Root').values(), ({ name }) => name)).toEqual(['seen']);
  });

  it('set by a second call hold although the first call was refused, on the next connection too', async () => {
    await using server = await startServer({ schemas: [json] });
    await using proxy = await startProxy(server.remote);
    await using client = await connect({ remotes: proxy.remote, backoff: quick });
    await using writer = await connect({ remotes: server.remote });
    const fill = new Transaction(testSchema, writer);
    for (const name of ['one', 'two', 'three']) fill.insert('Root', { name });
    await fill.commit();
    const replica = await openReplica(client, testSchema, { Root: ['name'], Child: ['name'] });
    const [refused, accepted] = [
      // The server changes the conditions of Child before it refuses those of Root.
      replica.setConditions({ Child: [['name', '==', 'x']], Root: [['name', '<', 'x']] }),
      replica.setConditions({ Root: [['name', '==', 'one']] }),
    ];
    await expect(refused).rejects.toBeInstanceOf(OvsdbRequestError);
    await accepted;
    const names = () => Array.from(replica.rows('Root').values(), ({ name }) => name);
    expect(names()).toEqual(['one']);
    const disconnected = new Promise<void>((resolve) => client.on('disconnected', () => resolve()));
    proxy.drop();
    await disconnected;
    await replica.until((r) => r.synchronized);
    await replica.setConditions({ Root: [['name', '==', 'two']] });
    expect(names()).toEqual(['two']);
    // The server sends nothing for a closed replica; the few bytes are replies and an echo.
    await replica.close();
    await new Transaction(testSchema, writer).update('Root', { name: 'two' }, { words: ['x'] }).commit();
    const before = proxy.bytes;
    await new Transaction(testSchema, writer).delete('Root', []).commit();
    await client.listDbs();
    expect(proxy.bytes - before).toBeLessThan(100);
  });

  it('on a column that the server lacks are evaluated for its default value', async () => {
    const { number: _, ...columns } = json.tables.Root.columns;
    const fewer = { ...json, tables: { ...json.tables, Root: { ...json.tables.Root, columns } } };
    await using server = await startServer({ schemas: [json] });
    const convert = (schema: object) => {
      const file = join(server.directory, 'converted');
      writeFileSync(file, JSON.stringify(schema));
      server.client('convert', file);
    };
    await using client = await connect({ remotes: server.remote });
    await using replica = await openReplica(client, testSchema, {
      Root: { columns: ['name', 'number'], where: [['number', '<', 5]] },
    });
    const t = replica.transaction();
    t.insert('Root', { name: 'low', number: 1 });
    t.insert('Root', { name: 'high', number: 9 });
    await t.commit();
    const rows = () => Array.from(replica.rows('Root').values(), ({ name, number }) => [name, number]).sort();
    expect(rows()).toEqual([['low', 1]]);
    convert(fewer);
    await replica.until((r) => r.synchronized && r.rows('Root').size === 2, { timeoutMs: 10_000 });
    expect(rows()).toEqual([
      ['high', 0],
      ['low', 0],
    ]);
    await replica.setConditions({ Root: [['number', '>', 5]] });
    expect(rows()).toEqual([]);
    // A column of another kind cannot be read until the database is converted again.
    convert({
      ...fewer,
      tables: {
        ...fewer.tables,
        Root: { ...fewer.tables.Root, columns: { ...columns, number: json.tables.Root.columns.words } },
      },
    });
    await expect(
      replica.until((r) => r.synchronized && r.rows('Root').size < 0, { timeoutMs: 200 }),
    ).rejects.toMatchObject({ code: 'timeout' });
    expect(replica.synchronized).toBe(false);
    convert(fewer);
    await replica.until((r) => r.synchronized, { timeoutMs: 10_000 });
    convert(json);
    await replica.until((r) => r.synchronized, { timeoutMs: 10_000 });
  });

  it('that are set at any moment of a reconnection hold, and no row is missing', async () => {
    // A RAFT server lets clients resume from its history.
    await using server = await startRaftServer(json);
    await using proxy = await startProxy(server.remote);
    await using client = await connect({
      remotes: proxy.remote,
      backoff: { minMs: 1, maxMs: 1 },
      waitForServer: true,
    });
    const fill = new Transaction(testSchema, client);
    for (let i = 0; i < 20; i++) fill.insert('Root', { name: `${i}`, number: i });
    await fill.commit();
    const sizes: number[] = [];
    for (let turns = 0; turns < 30; turns++) {
      await using replica = await openReplica(client, testSchema, {
        Root: { columns: ['name', 'number'], where: [['number', '<', 5]] },
      });
      const disconnected = new Promise<void>((resolve) => client.on('disconnected', () => resolve()));
      proxy.drop();
      await disconnected;
      for (let turn = 0; turn < turns; turn++) await nextTurn();
      await replica.setConditions({ Root: [['number', '<', 15]] });
      sizes.push(replica.rows('Root').size);
    }
    expect(sizes).toEqual(Array(30).fill(15));
  });
});

it('odd names: a map key __proto__, a table constructor, an index on a set', async () => {
  const odd = {
    name: 'Odd',
    version: '1.0.0',
    tables: {
      constructor: {
        isRoot: true,
        indexes: [['tags'], ['toString', 'tags']],
        columns: {
          toString: { type: 'string' },
          hasOwnProperty: { type: { key: 'string', value: 'string', min: 0, max: 'unlimited' } },
          tags: { type: { key: 'string', min: 0, max: 'unlimited' } },
        },
      },
    },
  };
  const schema = parseSchema<Record<string, Row>>(odd);
  await using server = await startServer({ schemas: [odd] });
  await using client = await connect({ remotes: server.remote });
  await using replica = await openReplica(client, schema, { constructor: '*' } as never);
  const pairs = (...entries: [string, string][]) => Object.fromEntries(entries);
  const t = replica.transaction();
  const ref = t.insert('constructor', {
    toString: 'x',
    hasOwnProperty: pairs(['__proto__', 'p'], ['constructor', 'c']),
    tags: ['__proto__'],
  } as never);
  const id = (await t.commit()).uuid(ref);
  const map = () => Object.entries(replica.get('constructor', id)?.['hasOwnProperty'] ?? {}).sort();
  expect(map()).toEqual([
    ['__proto__', 'p'],
    ['constructor', 'c'],
  ]);
  expect(replica.find('constructor', { tags: ['__proto__'] })).toHaveLength(1);
  await replica
    .transaction()
    .mutate('constructor', id, {
      delete: { hasOwnProperty: ['__proto__'] },
      insert: { hasOwnProperty: pairs(['__proto__', 'q'], ['valueOf', 'v']) },
    } as never)
    .commit();
  expect(map()).toEqual([
    ['__proto__', 'q'],
    ['constructor', 'c'],
    ['valueOf', 'v'],
  ]);
  expect(({} as Record<string, unknown>)['p']).toBeUndefined();
});

it('the session does not keep closed replicas, their rows or closed locks in memory', async () => {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  await using server = await startServer({ schemas: [json] });
  await using client = await connect({ remotes: server.remote });
  const open = async () => {
    const replica = await openReplica(client, testSchema, { Root: '*' });
    const lock = await client.lock('L');
    await lock.acquired;
    await Promise.all([replica.close(), lock.release()]);
    return [new WeakRef(replica), new WeakRef(replica.rows('Root')), new WeakRef(lock)];
  };
  const closed = (await Promise.all([await open(), await open()])).flat();
  await client.listDbs();
  await nextTurn();
  collect();
  expect(closed.filter((ref) => ref.deref() !== undefined)).toEqual([]);
});

it('connect rejects with a connection error for remotes that do not exist', async () => {
  for (const remotes of [`unix:/tmp/${'x'.repeat(200)}`, 'tcp:no-such-host.invalid:1', 'ssl:127.0.0.1:1']) {
    const error = await connect({ remotes }).catch((thrown: unknown) => thrown);
    expect(error, remotes).toBeInstanceOf(OvsdbConnectionError);
  }
  const tls = { ca: 'no PEM', cert: 'no PEM', key: 'no PEM' };
  await expect(connect({ remotes: 'ssl:127.0.0.1:1', tls })).rejects.toBeInstanceOf(OvsdbConnectionError);
});

it('the client pauses between rounds when servers drop every connection at once', async () => {
  await using server = await startServer({ schemas: [json] });
  await using proxy = await startProxy(server.remote);
  await using client = await connect({
    remotes: [proxy.remote, proxy.remote, proxy.remote],
    backoff: { minMs: 60_000, maxMs: 60_000 },
    offlineWaitMs: 100,
  });
  let sessions = 1;
  const round = new Promise<void>((resolve) =>
    client.on('disconnected', () => {
      if (sessions === 3) resolve();
    }),
  );
  client.on('connected', () => {
    sessions++;
    proxy.drop();
  });
  proxy.drop();
  await round;
  await expect(client.listDbs()).rejects.toBeInstanceOf(OvsdbConnectionError);
  expect(sessions).toBe(3);
});

it('a replica continues when the database is converted, or removed and added again', async () => {
  await using server = await startServer({ schemas: [json] });
  await using client = await connect({ remotes: server.remote });
  await using replica = await openReplica(client, testSchema, { Root: '*', Child: '*' });
  const insert = async (name: string) => {
    const t = replica.transaction();
    const ref = t.insert('Root', { name, number: 3 });
    return replica.get('Root', (await t.commit()).uuid(ref))?.number;
  };
  expect(await insert('before')).toBe(3);
  const { number: _, ...fewer } = json.tables.Root.columns;
  const tables = { ...json.tables, Root: { ...json.tables.Root, columns: fewer } };
  const file = join(server.directory, 'converted');
  writeFileSync(file, JSON.stringify({ ...json, version: '2.0.0', tables }));
  server.client('convert', file);
  // A column that the server no longer has shows its default value.
  await replica.until((r) => r.synchronized && r.find('Root', { name: 'before' })[0]?.number === 0);
  const control = (...command: string[]) =>
    execFileSync('ovs-appctl', ['-t', join(server.directory, 'ctl'), ...command]);
  control('ovsdb-server/remove-db', 'Test');
  await expect(openReplica(client, testSchema, { Root: '*' })).rejects.toMatchObject({
    code: 'unknown database',
  });
  expect([replica.synchronized, replica.rows('Root').size]).toEqual([false, 1]);
  control('ovsdb-server/add-db', join(server.directory, '0.db'));
  await replica.until((r) => r.synchronized);
  expect(replica.find('Root', { name: 'before' })[0]?.number).toBe(0);
  const late = replica.transaction();
  late.insert('Root', { name: 'after' });
  await late.commit();
  expect(replica.rows('Root').size).toBe(2);
  expect(client.connected).toBe(true);
});
