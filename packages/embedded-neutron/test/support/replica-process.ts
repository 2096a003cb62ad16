import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { Agent, type IncomingHttpHeaders, request } from 'node:http';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

/** The answer of a replica. */
interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  // biome-ignore lint/suspicious/noExplicitAny: each call has another body
  readonly body: any;
}

/** Clock ticks of /proc/PID/stat in a second (proc_pid_stat(5)). */
const TICKS = 100;
const agent = new Agent({ keepAlive: true, maxSockets: 64 });

/** A replica of embedded-neutron in a process of its own. */
export class ReplicaProcess implements AsyncDisposable {
  readonly #child: ChildProcess;
  readonly #url: string;
  readonly #token: string;
  #longestOfStart = 0;

  private constructor(child: ChildProcess, ready: { readonly network: string; readonly token: string }) {
    this.#child = child;
    this.#url = ready.network;
    this.#token = ready.token;
  }

  /** Starts a replica. Resolves when it serves. */
  static async start(nb: { readonly remote: string; readonly directory: string }): Promise<ReplicaProcess> {
    const program = join(import.meta.dirname, 'run-replica.ts');
    const child = spawn(process.execPath, ['--conditions=source', program, nb.remote, nb.directory], {
      stdio: ['pipe', 'pipe', 'inherit', 'ipc'],
    });
    if (!child.stdout) throw new Error('the replica has a pipe as its standard output');
    const [line] = await once(createInterface(child.stdout), 'line');
    const replica = new ReplicaProcess(child, JSON.parse(String(line)));
    replica.#longestOfStart = await replica.#takeLongest();
    return replica;
  }

  /** CPU time so far in ms. */
  get cpuMs(): number {
    const stat = readFileSync(`/proc/${this.#child.pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return ((Number(fields[11]) + Number(fields[12])) / TICKS) * 1000;
  }

  /** The longest turn of the event loop while the replica started, in ms of CPU time. */
  get longestTurnOfStart(): number {
    return this.#longestOfStart;
  }

  /** Resident memory in kB. */
  get residentKb(): number {
    return Number(/^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${this.#child.pid}/status`, 'utf8'))?.[1]);
  }

  /** Live objects of the replica in kB: its heap after a collection. */
  async liveKb(): Promise<number> {
    return (await this.#ask('heap')) / 1024;
  }

  /** Calls the network service as alice. Throws unless the answer is 2xx. */
  async call(method: string, path: string, body?: unknown): Promise<Answer['body']> {
    const answer = await this.request(method, path, body);
    if (answer.status < 300) return answer.body;
    throw new Error(`${method} ${path}: ${answer.status} ${JSON.stringify(answer.body)}`);
  }

  /** Calls the network service as alice. */
  request(method: string, path: string, body?: unknown): Promise<Answer> {
    const headers = { 'X-Auth-Token': this.#token, 'Content-Type': 'application/json' };
    return new Promise((resolve, reject) => {
      const sent = request(`${this.#url}/v2.0/${path}`, { method, agent, headers }, (response) => {
        const parts: Buffer[] = [];
        response.on('data', (part: Buffer) => parts.push(part));
        response.on('end', () => {
          const text = Buffer.concat(parts).toString();
          const { statusCode: status = 0, headers: answered } = response;
          resolve({ status, headers: answered, body: text.startsWith('{') ? JSON.parse(text) : text });
        });
      });
      sent.on('error', reject);
      sent.end(body === undefined ? undefined : JSON.stringify(body));
    });
  }

  /** The longest turn of the replica's event loop, in ms of CPU time, while `work` runs. */
  async longestTurn(work: () => Promise<unknown>): Promise<number> {
    this.#child.send('watch');
    await work();
    return this.#takeLongest();
  }

  #takeLongest(): Promise<number> {
    return this.#ask('report');
  }

  async #ask(question: 'report' | 'heap'): Promise<number> {
    const answer = once(this.#child, 'message');
    this.#child.send(question);
    return Number((await answer)[0]);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const ended = once(this.#child, 'exit');
    this.#child.stdin?.end();
    await ended;
  }
}
