import { createServer } from 'node:net';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  connect,
  OvsdbClosedError,
  OvsdbConnectionError,
  OvsdbMessageTooLargeError,
  OvsdbOutcomeUnknownError,
  OvsdbProtocolError,
  openReplica,
} from '../src/index.ts';
import { testSchema } from './generated/test.ts';
import { startProxy } from './support/proxy.ts';
import { startRaftServer } from './support/raft-server.ts';
import { startServer } from './support/real-server.ts';
import { testSchema as json } from './support/test-schema.ts';

const quick = { minMs: 5, maxMs: 50 };

/** Starts a server that answers everything with these bytes. */
async function startNonsense(directory: string, answer: string) {
  const path = join(directory, `nonsense${Math.random()}`);
  const server = createServer((socket) =>
    socket.on('error', () => socket.destroy()).on('data', () => socket.write(answer)),
  );
  await new Promise<void>((resolve) => server.listen(path, resolve));
  return {
    remote: `unix:${path}`,
    [Symbol.asyncDispose]: () => new Promise<void>((resolve) => server.close(() => resolve())),
  };
}

describe('faults', () => {
  it('a connection that drops in the middle of a transaction leaves its outcome unknown', async () => {
    await using server = await startServer({ schemas: [json] });
    await using proxy = await startProxy(server.remote);
    await using client = await connect({ remotes: proxy.remote, backoff: quick });
    await using replica = await openReplica(client, testSchema, { Root: '*' });
    await using direct = await connect({ remotes: server.remote });
    await using watcher = await openReplica(direct, testSchema, { Root: '*' });
    proxy.deaf = true;
    const t = replica.transaction();
    t.insert('Root', { name: 'unknown' });
    const outcome = t.commit();
    await watcher.until((r) => r.find('Root', { name: 'unknown' })[0]);
    proxy.drop();
    await expect(outcome).rejects.toBeInstanceOf(OvsdbOutcomeUnknownError);
    proxy.deaf = false;
    // The replica reconnects by itself and shows the row; the transaction was not sent twice.
    await replica.until((r) => r.find('Root', { name: 'unknown' })[0]);
    expect(watcher.rows('Root').size).toBe(1);
  });

  it('an aborted transaction of a cluster may be committed: its outcome is unknown', async () => {
    await using server = await startRaftServer(json);
    await using client = await connect({ remotes: server.remote });
    await using replica = await openReplica(client, testSchema, { Root: '*' });
    const reason = new Error('enough');
    const outcomes = Array.from({ length: 20 }, (_, i) => {
      const abort = new AbortController();
      const t = replica.transaction();
      t.insert('Root', { name: `${i}` });
      const outcome = t.commit({ signal: abort.signal }).then(
        () => undefined,
        (error: unknown) => error,
      );
      abort.abort(reason);
      return outcome;
    });
    const errors = (await Promise.all(outcomes)).filter((error) => error !== undefined);
    for (const error of errors) {
      expect(error).toBeInstanceOf(OvsdbOutcomeUnknownError);
      expect((error as Error).cause).toBe(reason);
    }
    // As the errors say, some of the aborted transactions are committed in the end.
    expect(errors.length).toBeGreaterThan(0);
    await replica.until((r) => r.rows('Root').size > 20 - errors.length, { timeoutMs: 10_000 });
  });

  it('a change of the schema leaves the outcome of transactions in progress unknown', async () => {
    await using server = await startRaftServer(json);
    await using client = await connect({ remotes: server.remote });
    await using replica = await openReplica(client, testSchema, { Root: '*' });
    const waiting = client.transact('Test', [
      { op: 'wait', table: 'Root', where: [], columns: ['name'], until: '==', rows: [{ name: 'never' }] },
    ]);
    const failure = expect(waiting).rejects.toBeInstanceOf(OvsdbOutcomeUnknownError);
    await client.listDbs();
    server.convert({ ...json, version: '2.0.0' });
    await failure;
    await replica.until((r) => r.synchronized);
  });

  it('the client does not use a cluster server with older data until the server has caught up', async () => {
    await using server = await startRaftServer(json);
    await using client = await connect({ remotes: server.remote, backoff: quick, offlineWaitMs: 30_000 });
    await using replica = await openReplica(client, testSchema, { Root: '*' });
    const insert = async (name: string) => {
      const t = replica.transaction();
      t.insert('Root', { name });
      await t.commit();
    };
    await insert('old');
    await server.stop();
    server.save('behind');
    await server.start();
    await replica.until((r) => r.synchronized);
    await insert('new');
    // The server updates its index only after the transaction.
    await insert('newer');
    await server.stop();
    server.save('ahead');
    server.restore('behind');
    const refusals: string[] = [];
    const names = () => Array.from(replica.rows('Root').values(), ({ name }) => name).sort();
    replica.on('change', () => refusals.push(`changed to ${names()}`));
    await server.start();
    // The server has served another client, so the first client has had time to ask it.
    await using fresh = await connect({ remotes: server.remote });
    await using behind = await openReplica(fresh, testSchema, { Root: '*' });
    expect(behind.rows('Root').size).toBe(1);
    await expect(replica.until((r) => r.synchronized, { timeoutMs: 500 })).rejects.toMatchObject({
      code: 'timeout',
    });
    expect([names(), refusals]).toEqual([['new', 'newer', 'old'], []]);
    await server.stop();
    server.restore('ahead');
    await server.start();
    await replica.until((r) => r.synchronized, { timeoutMs: 10_000 });
    expect(names()).toEqual(['new', 'newer', 'old']);
  });

  it('replica, change events and locks continue after the server restarts', async () => {
    await using server = await startServer({ schemas: [json] });
    await using client = await connect({ remotes: server.remote, backoff: quick });
    await using replica = await openReplica(client, testSchema, { Root: '*' });
    const lock = await client.lock('L');
    await lock.acquired;
    const first = replica.transaction();
    first.insert('Root', { name: 'unchanged' });
    first.insert('Root', { name: 'changed' });
    first.insert('Root', { name: 'deleted' });
    await first.commit();
    const unchanged = replica.find('Root', { name: 'unchanged' })[0];
    const seen: string[] = [];
    replica.on('change', (changes) => {
      for (const change of changes) {
        if (change.table === 'Root') seen.push(`${change.kind} ${(change.new ?? change.old).name}`);
      }
    });
    const lost = new Promise<void>((resolve) => lock.on('lost', resolve));
    await server.stop('SIGKILL');
    await lost;
    expect([lock.held, replica.synchronized, client.connected]).toEqual([false, false, false]);
    expect(replica.rows('Root').size).toBe(3);
    // Change the database while the server is down.
    server.edit([
      'Test',
      { op: 'delete', table: 'Root', where: [['name', '==', 'deleted']] },
      { op: 'update', table: 'Root', where: [['name', '==', 'changed']], row: { number: 1 } },
      { op: 'insert', table: 'Root', row: { name: 'new' } },
    ]);
    await server.start();
    await replica.until((r) => r.find('Root', { name: 'new' })[0] && r.synchronized);
    await lock.acquired;
    expect(seen.sort()).toEqual(['delete deleted', 'insert new', 'modify changed']);
    expect(replica.find('Root', { name: 'unchanged' })[0]).toBe(unchanged);
  });

  it('a commit during the load after a reconnection waits for the load', async () => {
    await using server = await startServer({ schemas: [json] });
    await using client = await connect({ remotes: server.remote, backoff: quick });
    await using replica = await openReplica(client, testSchema, { Root: '*' });
    const early = new Promise<boolean>((resolve, reject) => {
      client.on('connected', () => {
        expect(replica.synchronized).toBe(false);
        const t = replica.transaction();
        const ref = t.insert('Root', { name: 'early' });
        t.commit().then(({ uuid }) => resolve(replica.get('Root', uuid(ref)) !== undefined), reject);
      });
    });
    await server.stop('SIGKILL');
    await server.start();
    expect(await early).toBe(true);
  });

  it('a client that stole a lock does not steal it again after a reconnection', async () => {
    await using server = await startServer({ schemas: [json] });
    await using proxy = await startProxy(server.remote);
    await using thief = await connect({ remotes: proxy.remote, backoff: quick });
    await using victim = await connect({ remotes: server.remote });
    const mine = await victim.lock('L');
    await mine.acquired;
    const stolen = await thief.steal('L');
    await stolen.acquired;
    const lost = new Promise<void>((resolve) => stolen.on('lost', resolve));
    const reconnected = new Promise<void>((resolve) => thief.on('connected', () => resolve()));
    const regained = new Promise<void>((resolve) => mine.on('acquired', resolve));
    proxy.drop();
    await Promise.all([lost, reconnected, regained]);
    // The thief requested the lock before this call, so the server has answered that request too.
    await thief.listDbs();
    await victim.listDbs();
    expect([mine.held, stolen.held]).toEqual([true, false]);
  });

  it('a call made while disconnected waits for a connection, for offlineWaitMs', async () => {
    const server = await startServer({ schemas: [json] });
    const client = await connect({ remotes: server.remote, backoff: quick, offlineWaitMs: 3_000 });
    await server.stop('SIGKILL');
    const names = client.listDbs();
    await server.start();
    expect(await names).toContain('Test');
    await client.close();
    await expect(client.listDbs()).rejects.toBeInstanceOf(OvsdbClosedError);
    const impatient = await connect({ remotes: server.remote, backoff: quick, offlineWaitMs: 20 });
    await server[Symbol.asyncDispose]();
    await new Promise<void>((resolve) =>
      impatient.connected ? impatient.on('disconnected', () => resolve()) : resolve(),
    );
    await expect(impatient.listDbs()).rejects.toBeInstanceOf(OvsdbConnectionError);
    await impatient.close();
  });

  it('the probe detects a server that hangs', async () => {
    await using server = await startServer({ schemas: [json] });
    await using client = await connect({
      remotes: server.remote,
      probeIntervalMs: 50,
      backoff: quick,
      connectTimeoutMs: 200,
    });
    const disconnected = new Promise<Error>((resolve) => client.on('disconnected', resolve));
    server.signal('SIGSTOP');
    expect((await disconnected).message).toContain('does not answer');
    const reconnected = new Promise<string>((resolve) => client.on('connected', resolve));
    server.signal('SIGCONT');
    expect(await reconnected).toBe(server.remote);
  });

  it('without a server connect rejects at once, or waits with waitForServer', async () => {
    await using server = await startServer({ schemas: [json] });
    await server.stop();
    await expect(connect({ remotes: server.remote })).rejects.toBeInstanceOf(OvsdbConnectionError);
    const abort = new AbortController();
    const waiting = connect({
      remotes: server.remote,
      waitForServer: true,
      backoff: quick,
      signal: abort.signal,
    });
    abort.abort(new Error('enough'));
    await expect(waiting).rejects.toThrow('enough');
    await expect(connect({ remotes: 'http://x' })).rejects.toMatchObject({ code: 'schema-mismatch' });
  });

  it('the client tries the next remote when one is down', async () => {
    await using server = await startServer({ schemas: [json] });
    await using client = await connect({
      remotes: [`unix:${server.directory}/none`, 'tcp:127.0.0.1:1', server.remote],
    });
    expect(client.remote).toBe(server.remote);
  });

  it('bytes that are not OVSDB cause a typed error with the position', async () => {
    await using server = await startServer({ schemas: [json] });
    for (const [answer, fault] of [
      [
        'HTTP/1.1 400 Bad Request\r\n',
        new OvsdbProtocolError('a message must begin with "{", not byte 0x48', 0),
      ],
      ['{"id":0,"result":nul}', new OvsdbProtocolError('malformed JSON: unexpected "n"', 17)],
      [
        '{"id":77,"result":null,"error":null}',
        new OvsdbProtocolError('a reply to a request that was not made (id 77)'),
      ],
      ['[1]', new OvsdbProtocolError('a message must be a JSON object')],
      [`{"${'x'.repeat(2000)}`, new OvsdbMessageTooLargeError(1000)],
    ] as const) {
      await using nonsense = await startNonsense(server.directory, answer);
      const error = await connect({ remotes: nonsense.remote, maxMessageBytes: 1000 }).catch(
        (thrown: unknown) => thrown as Error,
      );
      const cause = (error as Error).cause as Error;
      expect(cause ?? error).toMatchObject({ message: fault.message, code: fault.code });
    }
  });

  it('closing rejects the calls in progress', async () => {
    await using server = await startServer({ schemas: [json] });
    const client = await connect({ remotes: server.remote });
    const replica = await openReplica(client, testSchema, { Root: '*' });
    const never = client.transact('Test', [
      { op: 'wait', table: 'Root', where: [], columns: ['name'], until: '==', rows: [{ name: 'x' }] },
    ]);
    const waiting = replica.until(() => false);
    const closing = Promise.all([replica.close(), client.close()]);
    await expect(never).rejects.toBeInstanceOf(OvsdbOutcomeUnknownError);
    await expect(waiting).rejects.toBeInstanceOf(OvsdbClosedError);
    await closing;
  });
});
