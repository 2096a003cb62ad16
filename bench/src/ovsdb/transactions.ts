import { connect as connectSocket, type Socket } from 'node:net';
import { connect, nbSchema, openReplica, Transaction } from '@ovn-docker/ovsdb';
import { median } from '../statistics.ts';
import { JsonSocket } from './json-socket.ts';

/**
 * Measures small transactions that wait for each other, in ms each: with the client, and with a bare socket
 * that sends the same messages.
 */
export async function roundTrips(remote: string): Promise<{ client: number; socket: number }> {
  await using client = await connect({ remotes: remote });
  const operation = { op: 'comment', comment: 'bench' } as const;
  const socket = await openSocket(remote);
  const byClient = () => client.transact('OVN_Northbound', [operation]);
  const bySocket = () =>
    exchange(socket, JSON.stringify({ method: 'transact', params: ['OVN_Northbound', operation], id: 1 }));
  const samples: { client: number[]; socket: number[] } = { client: [], socket: [] };
  // In turns, so that other load of this computer affects both.
  for (let round = 0; round < 20; round++) {
    samples.client.push(await perCall(byClient, 200));
    samples.socket.push(await perCall(bySocket, 200));
  }
  socket.destroy();
  return { client: median(samples.client.slice(2)), socket: median(samples.socket.slice(2)) };
}

/**
 * Measures the time until small updates by another connection have arrived, in ms each: in the replica, and
 * on a bare socket with a similar monitor, which parses the notifications.
 */
export async function updates(remote: string, count: number): Promise<{ replica: number; socket: number }> {
  await using writer = await connect({ remotes: remote });
  await using reader = await connect({ remotes: remote, probeIntervalMs: 0 });
  await using replica = await openReplica(reader, nbSchema, { Logical_Switch_Port: '*', NB_Global: '*' });
  const uuids = Array.from(replica.rows('Logical_Switch_Port').keys()).slice(0, 1000);
  const write = (round: string) =>
    Promise.all(
      Array.from({ length: count }, (_, i) => {
        const n = i + 1;
        const row = { tag_request: (n % 4094) + 1, type: `${round}${n}` };
        return new Transaction(nbSchema, writer)
          .update('Logical_Switch_Port', uuids[n % uuids.length] ?? '', row)
          .commit();
      }),
    );
  const start = performance.now();
  const written = write('t');
  await replica.until(
    (r) => r.get('Logical_Switch_Port', uuids[count % uuids.length] ?? '')?.type === `t${count}`,
  );
  const byReplica = (performance.now() - start) / count;
  await written;
  await replica.close();
  await using socket = await JsonSocket.open(remote);
  // ovsdb-server sends no initial rows to this monitor.
  const select = { initial: false };
  socket.send('monitor_cond', ['OVN_Northbound', 'bench', { Logical_Switch_Port: [{ select }] }]);
  await socket.until((message) => message.id === 1);
  const socketStart = performance.now();
  const seen = socket.until((_, text) => text.includes(`"u${count}"`));
  const writtenAgain = write('u');
  await seen;
  const bySocket = (performance.now() - socketStart) / count;
  await writtenAgain;
  return { replica: byReplica, socket: bySocket };
}

/**
 * Measures `count` inserts in ms, all together: with the client, and with a bare socket. Each insert is a
 * transaction, and both send all of them without waiting for replies.
 */
export async function pipelinedInserts(
  remote: string,
  count: number,
): Promise<{ client: number; socket: number }> {
  await using client = await connect({ remotes: remote, probeIntervalMs: 0 });
  await using socket = await JsonSocket.open(remote);
  const row = (name: string) => ({ name, addresses: ['10.0.0.1'] });
  const start = performance.now();
  await Promise.all(
    Array.from({ length: count }, (_, n) => {
      const t = new Transaction(nbSchema, client);
      t.insert('Address_Set', row(`client${n}`));
      return t.commit();
    }),
  );
  const byClient = performance.now() - start;
  const socketStart = performance.now();
  for (let n = 0; n < count; n++) {
    const { name, addresses } = row(`socket${n}`);
    const insert = { op: 'insert', table: 'Address_Set', row: { name, addresses: ['set', addresses] } };
    socket.send('transact', ['OVN_Northbound', insert]);
  }
  await socket.until((message) => message.id === count);
  return { client: byClient, socket: performance.now() - socketStart };
}

async function perCall(call: () => Promise<unknown>, count: number): Promise<number> {
  const start = performance.now();
  for (let n = 0; n < count; n++) await call();
  return (performance.now() - start) / count;
}

function openSocket(remote: string): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connectSocket(remote.slice('unix:'.length), () => resolve(socket)).once('error', reject);
  });
}

/** Sends a message and resolves with its reply, which is so small that it arrives in one piece. */
function exchange(socket: Socket, message: string): Promise<unknown> {
  return new Promise((resolve) => {
    socket.once('data', (chunk: Buffer) => resolve(JSON.parse(chunk.toString())));
    socket.write(message);
  });
}
