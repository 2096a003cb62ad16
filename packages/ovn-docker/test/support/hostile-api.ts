import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';

/** The length of the answers: a little less than what the client reads. */
const LENGTH = ((workerData as { limit?: number } | null)?.limit ?? 0) - 200;

const repeated = (begin: string, each: string, end: string) =>
  begin + each.repeat((LENGTH - begin.length - end.length) / each.length) + end;

/** What a hostile or broken Neutron answers to every request, by name. */
const answers: Readonly<Record<string, () => { status?: number; body: string }>> = {
  'many empty resources': () => ({ body: repeated('{"ports":[', '{},', '{}]}') }),
  'many different keys': () => ({ body: `{"ports":[{${keys(LENGTH - 20)}}]}` }),
  'deep nesting': () => ({ body: '['.repeat(LENGTH / 2) + ']'.repeat(LENGTH / 2) }),
  'nesting that does not end': () => ({ body: '['.repeat(LENGTH) }),
  'one long number': () => ({ body: '9'.repeat(LENGTH) }),
  'an answer without an end': () => ({ body: ' '.repeat(2 ** 26) }),
  'a page of an error': () => ({ status: 500, body: '<'.repeat(LENGTH) }),
  'an error of many keys': () => ({ status: 400, body: `{${keys(LENGTH - 20)}}` }),
};

/** The names of the hostile answers. */
export const hostileAnswers = [...Object.keys(answers), 'a list without an end'];

function keys(length: number): string {
  return Array.from({ length: length / 14 }, (_, n) => `"k${n.toString(36).padStart(6, 'x')}":1`).join(',');
}

/**
 * Starts the API in a thread of its own, so that its work does not count as the client's. Its Keystone is at
 * `/NAME/v3`, and its Neutron gives the answer of that name.
 * @param limit bytes of one answer that the client reads
 */
export async function startHostileApi(limit: number): Promise<AsyncDisposable & { readonly url: string }> {
  const worker = new Worker(new URL(import.meta.url), { workerData: { limit } });
  const [port] = (await once(worker, 'message')) as [number];
  return {
    url: `http://127.0.0.1:${port}`,
    async [Symbol.asyncDispose]() {
      await worker.terminate();
    },
  };
}

function answerOf(path: string, origin: string): { status?: number; header?: string; body: string } {
  const [, name = '', ...rest] = path.split('/').map(decodeURIComponent);
  if (rest.includes('tokens')) {
    const endpoint = {
      interface: 'public',
      region_id: 'r',
      region: 'r',
      url: `${origin}/${encodeURIComponent(name)}`,
    };
    const token = {
      expires_at: '2999-01-01T00:00:00.000000Z',
      user: { id: 'u', name: 'u' },
      project: { id: 'p', name: 'p' },
      catalog: [{ type: 'network', name: 'neutron', endpoints: [endpoint] }],
    };
    return { status: 201, header: 'x-subject-token: t\r\n', body: JSON.stringify({ token }) };
  }
  if (name !== 'a list without an end') return answers[name]?.() ?? { status: 404, body: '' };
  const ports = Array.from({ length: 200 }, () => ({ id: crypto.randomUUID(), fixed_ips: [], tags: [] }));
  const next = `${origin}/${encodeURIComponent(name)}/v2.0/ports?marker=${crypto.randomUUID()}`;
  return { body: JSON.stringify({ ports, ports_links: [{ rel: 'next', href: next }] }) };
}

/**
 * HTTP by hand: Node's own server would refuse none of it, but would need more code for an answer without an
 * end.
 */
function serve(): void {
  const server = createServer((socket) => {
    socket.on('error', () => undefined);
    let head = '';
    socket.on('data', (chunk) => {
      head += chunk.toString('latin1');
      const length = Number(/content-length: (\d+)/i.exec(head)?.[1] ?? 0);
      const end = head.indexOf('\r\n\r\n');
      if (end < 0 || head.length < end + 4 + length) return;
      const path = head.split(' ')[1]?.split('?')[0] ?? '';
      head = '';
      const { port } = server.address() as AddressInfo;
      const { status = 200, header = '', body } = answerOf(path, `http://127.0.0.1:${port}`);
      socket.write(`HTTP/1.1 ${status} X\r\ncontent-length: ${body.length}\r\n${header}\r\n${body}`);
    });
  });
  server.listen(0, '127.0.0.1', () => parentPort?.postMessage((server.address() as AddressInfo).port));
}

if (!isMainThread && parentPort) serve();
