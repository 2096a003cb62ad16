import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import { text } from 'node:stream/consumers';

/** What the agent's own socket answers to a request, however long it takes: the command line gives up after two minutes. */
export async function askAgent(socketPath: string, path: string, body: unknown): Promise<unknown> {
  const sent = request({ socketPath, method: 'POST', path, agent: false });
  sent.setHeader('content-type', 'application/json');
  sent.end(JSON.stringify(body));
  const [answer] = (await once(sent, 'response')) as [IncomingMessage];
  const words = await text(answer);
  if (answer.statusCode !== 200) throw new Error(`${path}: ${words}`);
  return JSON.parse(words);
}
