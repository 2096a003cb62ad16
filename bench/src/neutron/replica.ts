import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

/** The answer of a replica. */
interface Answer {
  readonly status: number;
  // biome-ignore lint/suspicious/noExplicitAny: each call has another body
  readonly body: any;
}

/** Clock ticks of /proc/PID/stat in a second (proc_pid_stat(5)). */
const TICKS = 100;
const agent = new Agent({ keepAlive: true, maxSockets: 64 });

/** A replica of embedded-neutron in a process of its own. */
export class Replica implements AsyncDisposable {
  readonly #child: ChildProcess;
  readonly #url: string;
  readonly #token: string;

  private constructor(child: ChildProcess, ready: { readonly network: string; readonly token: string }) {
    this.#child = child;
    this.#url = ready.network;
    this.#token = ready.token;
  }

  /** Starts a replica. Resolves when it serves. */
  static async start(nb: { readonly remote: string; readonly directory: string }): Promise<Replica> {
    const program = join(import.meta.dirname, 'replica-process.ts');
    const child = spawn(process.execPath, ['--conditions=source', program, nb.remote, nb.directory], {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    const [line] = await once(createInterface(child.stdout), 'line');
    return new Replica(child, JSON.parse(String(line)));
  }

  /** CPU time so far in ms. */
  get cpuMs(): number {
    const stat = readFileSync(`/proc/${this.#child.pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return ((Number(fields[11]) + Number(fields[12])) / TICKS) * 1000;
  }

  /** Resident memory in kB. */
  get residentKb(): number {
    return Number(/^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${this.#child.pid}/status`, 'utf8'))?.[1]);
  }

  /** Calls the network service as alice. Throws unless the answer is 2xx. */
  async call(method: string, path: string, body?: unknown): Promise<Answer['body']> {
    const answer = await this.#send(method, `/v2.0/${path}`, body);
    if (answer.status < 300) return answer.body;
    throw new Error(`${method} ${path}: ${answer.status} ${JSON.stringify(answer.body)}`);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const ended = once(this.#child, 'exit');
    this.#child.stdin?.end();
    await ended;
  }

  #send(method: string, path: string, body: unknown): Promise<Answer> {
    const headers = { 'X-Auth-Token': this.#token, 'Content-Type': 'application/json' };
    return new Promise((resolve, reject) => {
      const sent = request(this.#url + path, { method, agent, headers }, (response) => {
        const parts: Buffer[] = [];
        response.on('data', (part: Buffer) => parts.push(part));
        response.on('end', () => {
          const text = Buffer.concat(parts).toString();
          resolve({ status: response.statusCode ?? 0, body: text.startsWith('{') ? JSON.parse(text) : text });
        });
      });
      sent.on('error', reject);
      sent.end(body === undefined ? undefined : JSON.stringify(body));
    });
  }
}
