import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

/** What a process uses after a garbage collection. */
export interface Usage {
  readonly heapBytes: number;
  /** Memory of buffers outside the heap, in bytes. */
  readonly externalBytes: number;
  readonly residentBytes: number;
  /** Open sockets, timers and requests. */
  readonly resources: number;
}

/** An embedded-neutron in a process of its own. */
export interface ServerProcess extends AsyncDisposable {
  readonly identity: string;
  readonly network: string;
  /** Whether the process still runs. */
  readonly isRunning: boolean;
  /** What the process has written to standard error, without the lines of the inspector. */
  readonly log: readonly string[];
  /** Collects the garbage of the process and measures it. */
  usage(): Promise<Usage>;
}

/** Starts a process on a configuration. Node's inspector, on the loopback interface, measures it. */
export async function startServerProcess(configPath: string): Promise<ServerProcess> {
  const main = join(import.meta.dirname, '../../src/main.ts');
  const args = ['--inspect=127.0.0.1:0', '--conditions=source', main, 'serve', '--config', configPath];
  const server = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  const log: string[] = [];
  const inspector = new Promise<string>((resolve) => {
    createInterface(server.stderr).on('line', (line) => {
      const url = /^Debugger listening on (ws:.*)$/.exec(line)?.[1];
      if (url !== undefined) resolve(url);
      else if (!/^(For help|Debugger)/.test(line)) log.push(line);
    });
  });
  const [line] = await once(createInterface(server.stdout), 'line');
  const { identity, network } = JSON.parse(String(line)) as { identity: string; network: string };
  const debug = await Debugger.open(await inspector);
  return {
    identity,
    network,
    log,
    get isRunning() {
      return server.exitCode === null && server.signalCode === null;
    },
    usage: async () => {
      // The first collection frees what finalizers keep until the second.
      for (let round = 0; round < 3; round += 1) await debug.call('HeapProfiler.collectGarbage', {});
      const expression = `JSON.stringify({
        ...process.memoryUsage(), resources: process.getActiveResourcesInfo().length })`;
      const { result } = (await debug.call('Runtime.evaluate', { expression })) as {
        readonly result: { readonly value: string };
      };
      const { heapUsed, external, rss, resources } = JSON.parse(result.value);
      return { heapBytes: heapUsed, externalBytes: external, residentBytes: rss, resources };
    },
    [Symbol.asyncDispose]: async () => {
      debug.close();
      await stop(server);
    },
  };
}

async function stop(server: ChildProcess): Promise<void> {
  if (server.exitCode !== null || server.signalCode !== null) return;
  const ended = once(server, 'exit');
  server.kill('SIGKILL');
  await ended;
}

/** A connection to the inspector of a Node process (Chrome DevTools Protocol). */
class Debugger {
  readonly #socket: WebSocket;
  #calls = 0;

  private constructor(socket: WebSocket) {
    this.#socket = socket;
  }

  static async open(url: string): Promise<Debugger> {
    const socket = new WebSocket(url);
    await once(socket, 'open');
    return new Debugger(socket);
  }

  /** Calls a method. Resolves with its result. */
  call(method: string, params: object): Promise<unknown> {
    this.#calls += 1;
    const id = this.#calls;
    return new Promise((resolve, reject) => {
      const read = ({ data }: MessageEvent) => {
        const answer = JSON.parse(String(data));
        if (answer.id !== id) return;
        this.#socket.removeEventListener('message', read);
        if (answer.error === undefined) resolve(answer.result);
        else reject(new Error(`${method}: ${answer.error.message}`));
      };
      this.#socket.addEventListener('message', read);
      this.#socket.send(JSON.stringify({ id, method, params }));
    });
  }

  close(): void {
    this.#socket.close();
  }
}
