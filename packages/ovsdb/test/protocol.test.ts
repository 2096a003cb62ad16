import { expect, it } from 'vitest';
import {
  connect,
  OvsdbMessageTooLargeError,
  OvsdbProtocolError,
  OvsdbRequestError,
  OvsdbSchemaError,
  openReplica,
  ZERO_UUID,
} from '../src/index.ts';
import { testSchema } from './generated/test.ts';
import { type Answer, type ScriptedConnection, startScriptedServer } from './support/scripted-server.ts';
import { testSchema as json } from './support/test-schema.ts';

const quick = { minMs: 1, maxMs: 10 };
const ROW = '11111111-1111-4111-8111-111111111111';
const TRANSACTION = '22222222-2222-4222-8222-222222222222';

/** Answers each call with the next of these answers. The last one answers all further calls. */
function inTurn(...answers: Answer[]): Answer {
  let calls = 0;
  return (...call) => answers[Math.min(calls++, answers.length - 1)]?.(...call);
}

/** Resolves when the client has sent a request with this method. */
async function whenSent(connection: ScriptedConnection | undefined, method: string): Promise<void> {
  await expect.poll(() => connection?.requests(method).length, { interval: 1 }).toBeGreaterThan(0);
}

it("answers the server's echo", async () => {
  await using server = await startScriptedServer();
  await using client = await connect({ remotes: server.remote });
  const [connection] = server.connections;
  connection?.send({ id: 'echo', method: 'echo', params: ['are you there'] });
  connection?.send({ id: 'x', method: 'transact', params: [] });
  await client.listDbs();
  expect(connection?.messages).toContainEqual({ id: 'echo', result: ['are you there'], error: null });
  expect(connection?.messages).toContainEqual({ id: 'x', result: null, error: { error: 'unknown method' } });
});

it('openReplica rejects when the snapshot does not fit the request', async () => {
  for (const rows of [
    { Other: {} },
    { Root: { [ROW]: 5 } },
    { Root: { [ROW]: { initial: { words: null } } } },
    'x',
  ]) {
    if (rows instanceof Object && 'Other' in rows) Object.assign(rows.Other, { [ROW]: { initial: {} } });
    await using server = await startScriptedServer({ monitor_cond_since: () => [false, ZERO_UUID, rows] });
    await using client = await connect({ remotes: server.remote, backoff: quick });
    await expect(openReplica(client, testSchema, { Root: '*' })).rejects.toBeInstanceOf(OvsdbProtocolError);
  }
});

it('openReplica rejects when a row is too long; a snapshot may be longer than the limit', async () => {
  const rows = (count: number, bytes: number) =>
    Object.fromEntries(
      Array.from({ length: count }, (_, i) => [
        `${String(i).padStart(8, '0')}${ROW.slice(8)}`,
        { initial: { name: 'x'.repeat(bytes) } },
      ]),
    );
  let snapshot = rows(4000, 100);
  await using server = await startScriptedServer({
    monitor_cond_since: () => [false, ZERO_UUID, { Root: snapshot }],
  });
  await using client = await connect({ remotes: server.remote, backoff: quick, maxMessageBytes: 200_000 });
  await using replica = await openReplica(client, testSchema, { Root: ['name'] });
  expect(replica.rows('Root').size).toBe(4000);
  snapshot = rows(1, 300_000);
  await expect(openReplica(client, testSchema, { Root: ['name'] })).rejects.toBeInstanceOf(
    OvsdbMessageTooLargeError,
  );
});

it('an update that is empty or malformed is not applied, and the replica does not resume from it', async () => {
  for (const update of [
    {},
    { modify: 5 },
    { initial: [] },
    { insert: { words: ['set', 5] } },
    { modify: { words: null } },
    7,
    null,
  ]) {
    await using server = await startScriptedServer({
      monitor_cond_since: () => [false, TRANSACTION, { Root: { [ROW]: { initial: { name: 'unchanged' } } } }],
    });
    await using client = await connect({ remotes: server.remote, backoff: quick });
    await using replica = await openReplica(client, testSchema, { Root: '*' });
    const disconnected = new Promise<Error>((resolve) => client.on('disconnected', resolve));
    const [connection] = server.connections;
    const [[, id] = []] = connection?.requests('monitor_cond_since') ?? [];
    connection?.notify('update3', id, ZERO_UUID, { Root: { [ROW]: update } });
    expect(await disconnected, JSON.stringify(update)).toBeInstanceOf(OvsdbProtocolError);
    expect(replica.get('Root', ROW)?.name).toBe('unchanged');
    await replica.until((r) => r.synchronized);
    expect(server.connections[1]?.requests('monitor_cond_since')[0]?.[3]).toBe(ZERO_UUID);
  }
});

it('openReplica rejects when a column has another kind in the schema of the server', async () => {
  const words = { type: { key: 'string', min: 0, max: 1 } };
  const root = { ...json.tables.Root, columns: { ...json.tables.Root.columns, words } };
  await using server = await startScriptedServer({
    get_schema: () => ({ ...json, tables: { ...json.tables, Root: root } }),
  });
  await using client = await connect({ remotes: server.remote });
  const attempt = openReplica(client, testSchema, { Root: '*' });
  await expect(attempt).rejects.toBeInstanceOf(OvsdbSchemaError);
  await expect(attempt).rejects.toThrow(
    "Root.words is one string in the server's schema, not a set of string",
  );
  await using replica = await openReplica(client, testSchema, { Root: ['name'] });
  expect(replica.synchronized).toBe(true);
});

it('after the server refuses conditions, the next connection resumes without a reload', async () => {
  await using server = await startScriptedServer({
    monitor_cond_since: inTurn(
      () => [false, TRANSACTION, {}],
      () => [true, TRANSACTION, {}],
    ),
    monitor_cond_change: () => new Error('syntax error'),
  });
  await using client = await connect({ remotes: server.remote, backoff: quick });
  await using replica = await openReplica(client, testSchema, {
    Root: { columns: ['name'], where: [['name', '!=', 'x']] },
  });
  await expect(replica.setConditions({ Root: [['name', '==', 'y']] })).rejects.toBeInstanceOf(
    OvsdbRequestError,
  );
  server.connections[0]?.drop();
  await replica.until((r) => !r.synchronized || server.connections.length > 1);
  await replica.until((r) => r.synchronized && server.connections.length > 1);
  const [[, , requests, since] = []] = server.connections[1]?.requests('monitor_cond_since') ?? [];
  expect(since).toBe(TRANSACTION);
  expect(requests).toMatchObject({ Root: [{ where: [['name', '!=', 'x']] }] });
});

it('when a conversion of the database overtakes a change of conditions, the new subscription makes it', async () => {
  await using server = await startScriptedServer({
    monitor_cond_change: inTurn(
      ([id], connection) => {
        connection.notify('monitor_canceled', id);
        return new Error('unknown monitor session');
      },
      () => ({}),
    ),
  });
  await using client = await connect({ remotes: server.remote });
  await using replica = await openReplica(client, testSchema, {
    Root: { columns: ['name'], where: [['name', '==', 'old']] },
  });
  await replica.setConditions({ Root: [['name', '==', 'new']] });
  const [connection] = server.connections;
  expect(connection?.requests('monitor_cond_since').map(([, , requests]) => requests)).toMatchObject([
    { Root: [{ where: [['name', '==', 'old']] }] },
    { Root: [{ where: [['name', '==', 'old']] }] },
  ]);
  // The second change names the second monitor.
  const [, second] = connection?.requests('monitor_cond_since') ?? [];
  expect(connection?.requests('monitor_cond_change').at(-1)?.[0]).toBe(second?.[1]);
});

it('the replica sends changes of conditions one at a time', async () => {
  const waiting: unknown[] = [];
  await using server = await startScriptedServer({
    monitor_cond_change: (_params, _connection, id) => void waiting.push(id),
  });
  await using client = await connect({ remotes: server.remote });
  await using replica = await openReplica(client, testSchema, { Root: ['name'] });
  const changes = ['a', 'b'].map((name) => replica.setConditions({ Root: [['name', '==', name]] }));
  const [connection] = server.connections;
  for (let n = 1; n <= 2; n++) {
    await expect.poll(() => waiting.length, { interval: 1 }).toBe(n);
    await client.listDbs();
    expect(waiting).toHaveLength(n);
    connection?.send({ id: waiting[n - 1], result: {}, error: null });
  }
  await Promise.all(changes);
});

it('a replica that is closed while it tries the monitor methods leaves no monitor behind', async () => {
  await using server = await startScriptedServer({ monitor_cond_since: () => undefined });
  await using client = await connect({ remotes: server.remote });
  const abort = new AbortController();
  const opening = openReplica(client, testSchema, { Root: '*' }, { signal: abort.signal });
  const refused = expect(opening).rejects.toThrow('enough');
  const [connection] = server.connections;
  await whenSent(connection, 'monitor_cond_since');
  abort.abort(new Error('enough'));
  await refused;
  const request = connection?.messages.find(({ method }) => method === 'monitor_cond_since');
  connection?.send({ id: request?.id, result: null, error: { error: 'unknown method' } });
  await client.listDbs();
  expect(connection?.requests('monitor_cond').filter(([database]) => database === 'Test')).toEqual([]);
});

it('a steal request whose reply is lost with the connection is sent again', async () => {
  await using server = await startScriptedServer({
    steal: inTurn(
      (_params, connection) => connection.drop(),
      () => ({ locked: true }),
    ),
    lock: () => ({ locked: false }),
  });
  await using client = await connect({ remotes: server.remote, backoff: quick });
  const stolen = await client.steal('L');
  expect(stolen.held).toBe(true);
  expect(server.connections[1]?.requests('steal')).toEqual([['L']]);
});

it('a lock that is refused after a reconnection rejects; the next connection requests it again', async () => {
  await using server = await startScriptedServer({
    lock: inTurn(
      () => ({ locked: false }),
      () => new Error('permission error'),
      () => ({ locked: true }),
    ),
  });
  await using client = await connect({ remotes: server.remote, backoff: quick });
  const lock = await client.lock('L');
  const refused = expect(lock.acquired).rejects.toMatchObject({ code: 'permission error' });
  server.connections[0]?.drop();
  await refused;
  const acquiredAgain = new Promise<void>((resolve) => lock.on('acquired', resolve));
  server.connections[1]?.drop();
  await acquiredAgain;
  await lock.acquired;
});

it('when a lock reports that it is lost, the client reports that it is disconnected', async () => {
  await using server = await startScriptedServer({ lock: () => ({ locked: true }) });
  await using client = await connect({ remotes: server.remote, backoff: quick });
  const lock = await client.lock('L');
  for (let connection = 0; connection < 2; connection++) {
    const connected = new Promise<boolean>((resolve) => lock.on('lost', () => resolve(client.connected)));
    server.connections[connection]?.drop();
    expect(await connected).toBe(false);
    await lock.acquired;
  }
});

it('infinite time limits do not expire at once', async () => {
  await using server = await startScriptedServer();
  await using client = await connect({
    remotes: server.remote,
    backoff: quick,
    offlineWaitMs: Number.POSITIVE_INFINITY,
    connectTimeoutMs: Number.POSITIVE_INFINITY,
    probeIntervalMs: Number.POSITIVE_INFINITY,
  });
  await using replica = await openReplica(client, testSchema, { Root: ['name'] });
  const disconnected = new Promise<Error>((resolve) => client.on('disconnected', resolve));
  const found = replica.until((r) => r.rows('Root').size === 0 && server.connections.length > 1, {
    timeoutMs: Number.POSITIVE_INFINITY,
  });
  server.connections[0]?.drop();
  await disconnected;
  expect(await client.listDbs()).toEqual(['Test']);
  expect(await found).toBe(true);
});
