import fc from 'fast-check';
import type { Send } from '../cases/ask.ts';
import { generate, type Selection } from './ask-everything.ts';
import { askRequests } from './ask-requests.ts';
import { type HostileRequest, hostileRequests } from './hostile-requests.ts';
import { identityScene, networkScene } from './scene.ts';
import { sendBytes } from './send-bytes.ts';

/** What requests are answered with: the number of answers by status, and what is wrong. */
export class Outcome {
  readonly statuses = new Map<number, number>();
  /** The requests with a 5xx answer other than 501, as text. */
  readonly failures: string[] = [];

  add(status: number, request: () => string): void {
    this.statuses.set(status, (this.statuses.get(status) ?? 0) + 1);
    // Neutron, too, answers 501 to methods that it does not have, such as POST of quotas.
    if (status >= 500 && status !== 501) this.failures.push(`${status}: ${request()}`);
  }
}

/** Sends mutated requests, as {@link Selection} says, to Neutron and Keystone at the same time. */
export async function sendMutated(selection: Selection, send: Send, outcome: Outcome): Promise<void> {
  const requests = generate(selection);
  const counted: Send = async (user, method, path, body, headers) => {
    const answer = await send(user, method, path, body, headers);
    outcome.add(answer.status, () => `${user} ${method} ${path} ${JSON.stringify(body)?.slice(0, 2000)}`);
    return answer;
  };
  await Promise.all([
    askRequests(requests.network, networkScene, counted),
    askRequests(requests.identity, identityScene, counted),
  ]);
}

/** Sends hostile requests, many of them at the same time. */
export async function sendHostile(
  { seed, count, atOnce }: { readonly seed: number; readonly count: number; readonly atOnce: number },
  servers: Readonly<Record<HostileRequest['service'], string>>,
  token: string,
  outcome: Outcome,
): Promise<void> {
  const requests = fc.sample(hostileRequests, { seed, numRuns: count }).values();
  const one = async () => {
    for (const request of requests) {
      for (const status of await sendBytes(servers[request.service], request, token)) {
        outcome.add(status, () =>
          JSON.stringify(Buffer.from(request.bytes).toString('latin1').slice(0, 2000)),
        );
      }
    }
  };
  await Promise.all(Array.from({ length: atOnce }, one));
}
