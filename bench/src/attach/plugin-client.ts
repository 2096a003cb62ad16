import { once } from 'node:events';
import { Agent, type IncomingMessage, request } from 'node:http';
import { text } from 'node:stream/consumers';

/** The plugin's answer to a call, with the agent's own time for it. */
export interface PluginAnswer {
  readonly body: Readonly<Record<string, unknown>>;
  /** In milliseconds, from the answer's header Server-Timing. */
  readonly agentMs: number;
}

/** A client of the agent's plugin socket that calls it as dockerd does. */
export class PluginClient implements Disposable {
  readonly #socketPath: string;
  readonly #agent = new Agent({ keepAlive: true });

  constructor(socketPath: string) {
    this.#socketPath = socketPath;
  }

  /** Calls a method of the plugin. @throws Error if the driver refuses */
  async call(method: string, body: unknown): Promise<PluginAnswer> {
    const sent = request({
      socketPath: this.#socketPath,
      method: 'POST',
      path: `/${method}`,
      agent: this.#agent,
    });
    sent.end(JSON.stringify(body));
    const [answer] = (await once(sent, 'response')) as [IncomingMessage];
    const parsed = JSON.parse(await text(answer)) as Record<string, unknown>;
    const refusal = parsed['Err'] ?? parsed['Error'];
    if (refusal) throw new Error(`${method}: ${String(refusal)}`);
    const timing = /dur=([\d.]+)/.exec(String(answer.headers['server-timing']))?.[1];
    return { body: parsed, agentMs: Number(timing) };
  }

  [Symbol.dispose](): void {
    this.#agent.destroy();
  }
}
