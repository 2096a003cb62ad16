import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';

const [ERROR, MULTIPART_REQUEST, FLOW_MONITOR] = [1, 18, 16];
/** OFPET_BAD_REQUEST, OFPBRC_BAD_MULTIPART (OpenFlow 1.4 §7.5.4.2). */
const REFUSAL = [1, 2] as const;

/**
 * Listens at a path as Open vSwitch before 2.16 does: passes everything to the switch at `target` but
 * requests for a flow monitor, which it refuses.
 */
export async function refuseMonitors(path: string, target: string): Promise<AsyncDisposable> {
  const sockets = new Set<Socket>();
  const server = createServer((client) => {
    const upstream = connect(target);
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket.on('error', () => undefined);
      socket.on('close', () => [client, upstream].forEach((each) => void each.destroy()));
    }
    upstream.pipe(client);
    let rest: Buffer = Buffer.alloc(0);
    client.on('data', (chunk: Buffer) => {
      rest = Buffer.concat([rest, chunk]);
      while (rest.length >= 8 && rest.length >= rest.readUInt16BE(2)) {
        const message = rest.subarray(0, rest.readUInt16BE(2));
        rest = rest.subarray(message.length);
        const isMonitor = message[1] === MULTIPART_REQUEST && message.readUInt16BE(8) === FLOW_MONITOR;
        if (isMonitor) client.write(refusalOf(message));
        else upstream.write(message);
      }
    });
  });
  server.listen(path);
  await once(server, 'listening');
  return {
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}

function refusalOf(message: Buffer): Buffer {
  const refusal = Buffer.concat([message.subarray(0, 8), Buffer.alloc(4), message]);
  refusal[1] = ERROR;
  refusal.writeUInt16BE(refusal.length, 2);
  refusal.writeUInt16BE(REFUSAL[0], 8);
  refusal.writeUInt16BE(REFUSAL[1], 10);
  return refusal;
}
