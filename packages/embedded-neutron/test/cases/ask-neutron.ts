/**
 * Asks a real Neutron all cases. Reads `{url, tokens}` from standard input, the tokens by user, and writes
 * the answers by table. Deletes what the cases created. It runs on a machine of the lab, which reaches
 * Neutron.
 */
import { json } from 'node:stream/consumers';
import { askAll, type Send } from './ask.ts';
import { tables } from './index.ts';

const { url, tokens } = (await json(process.stdin)) as {
  url: string;
  tokens: Readonly<Record<string, string>>;
};
const created: { user: string; path: string }[] = [];

const request = async (user: string, method: string, path: string, body: unknown, headers: object) => {
  const response = await fetch(`${url}/v2.0/${path}`, {
    method,
    headers: { 'Content-Type': 'application/json', 'X-Auth-Token': tokens[user] ?? '', ...headers },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  return { status: response.status, body: text.startsWith('{') ? JSON.parse(text) : {} };
};

const send: Send = async (user, method, path, body, headers) => {
  const answer = await request(user, method, path, body, headers);
  if (answer.status === 201 && method === 'POST') {
    for (const item of Object.values(answer.body).flat()) {
      const { id } = item as { readonly id?: string };
      if (id !== undefined) created.push({ user, path: `${path.replace(/\/$/, '')}/${id}` });
    }
  }
  return answer;
};

const answers: Record<string, unknown> = {};
for (const [name, table] of Object.entries(tables)) {
  answers[name] = await askAll(table, send);
  for (const { path } of created.splice(0).reverse()) await request('admin', 'DELETE', path, undefined, {});
}
process.stdout.write(JSON.stringify(answers));
