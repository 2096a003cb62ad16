import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import { text } from 'node:stream/consumers';

/**
 * Sends a request to the agent's own API and returns the answer. The request has no time limit, because to
 * fill or drain a pool can take minutes.
 */
export async function askAgent(socketPath: string, path: string, body: unknown): Promise<unknown> {
  const sent = request({ socketPath, method: 'POST', path, agent: false });
  sent.setHeader('content-type', 'application/json');
  sent.end(JSON.stringify(body));
  const [answer] = (await once(sent, 'response')) as [IncomingMessage];
  const json = await text(answer);
  if (answer.statusCode !== 200) throw new Error(`${path}: ${json}`);
  return JSON.parse(json);
}
