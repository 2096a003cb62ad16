import type { Case, CaseAnswer } from './case.ts';
import { shapeOf } from './shape.ts';

/**
 * Sends a request of a user. `path` follows `/v2.0/`, or begins with `/v3/` and is Keystone's. A body that is
 * text is sent unchanged. Resolves with the parsed body, or `{}`.
 */
export type Send = (
  user: 'alice' | 'bob' | 'admin',
  method: string,
  path: string,
  body: unknown,
  headers: Readonly<Record<string, string>>,
) => Promise<{ readonly status: number; readonly body: unknown }>;

/** The ids that cases kept, by name. */
export type Kept = Map<string, string>;

type Fields = Readonly<Record<string, unknown>>;

/** Asks all cases of a table, one after the other. Resolves with the answers by the titles of the cases. */
export async function askAll(table: readonly Case[], send: Send): Promise<Record<string, CaseAnswer>> {
  const kept: Kept = new Map();
  const answers: Record<string, CaseAnswer> = {};
  for (const each of table) {
    if (Object.hasOwn(answers, each.title)) throw new Error(`two cases have the title ${each.title}`);
    answers[each.title] = (await ask(each, kept, send)).answer;
  }
  return answers;
}

/** Asks one case. Resolves with what cases compare, and with the whole body. */
export async function ask(
  each: Case,
  kept: Kept,
  send: Send,
): Promise<{ readonly answer: CaseAnswer; readonly body: unknown }> {
  const [method = '', path = ''] = each.ask.split(' ');
  const text = each.raw ?? (each.body === undefined ? undefined : fill(JSON.stringify(each.body), kept));
  const { status, body } = await send(each.as ?? 'alice', method, fill(path, kept), text, each.headers ?? {});
  const content = contentOf(isFields(body) ? body : {});
  const [first] = Array.isArray(content) ? content : [content];
  const value = isFields(first) ? first[each.keeps ?? 'id'] : undefined;
  if (each.keep !== undefined && typeof value === 'string') kept.set(each.keep, value);
  return { answer: JSON.parse(hide(JSON.stringify(compared(each, status, body)), kept)), body };
}

/** The parts of an answer that are compared. */
function compared({ shows }: Case, status: number, answer: unknown): CaseAnswer {
  if (!isFields(answer)) return { status };
  const shape = shapeOf(answer);
  const error = answer['NeutronError'];
  if (isFields(error))
    return { status, type: String(error['type']), message: settled(String(error['message'])), shape };
  if (status >= 400) return { status, ...titled(answer), shape };
  if (shows === undefined || shows.length === 0) return { status, shape };
  const content = contentOf(answer);
  const [, links] = Object.values(answer);
  const pick = (item: unknown) =>
    isFields(item)
      ? Object.fromEntries(shows.flatMap((name) => (Object.hasOwn(item, name) ? [[name, item[name]]] : [])))
      : item;
  if (!Array.isArray(content)) return { status, shown: pick(content), shape };
  const items = content.map(pick);
  if (!shows.includes('links')) return { status, shown: items, shape };
  return { status, shown: { items, links: Array.isArray(links) ? links.map(shownLink) : null }, shape };
}

/** The list in an answer, or its first value. Keystone may put the links first. */
function contentOf(answer: Fields): unknown {
  const values = Object.values(answer);
  return values.find(Array.isArray) ?? values[0];
}

/** The title of an error of Keystone. */
function titled(answer: Fields): Pick<CaseAnswer, 'type' | 'message'> {
  const error = answer['error'];
  return isFields(error) ? { type: String(error['title']), message: String(error['message']) } : {};
}

/** A message without what differs from one Neutron to the next: the order of Python's sets, and usage. */
function settled(message: string): string {
  return message
    .replaceAll(
      /\{('\w+'(?:, '\w+')*)\}/g,
      (_all, names: string) => `{${names.split(', ').toSorted().join(', ')}}`,
    )
    .replaceAll(/already used \d+/g, 'already used <number>');
}

/** The relation of a link, and its query without its order. */
function shownLink({ rel, href }: { readonly rel: string; readonly href: string }) {
  return [rel, ...[...new URL(href).searchParams].map(([key, value]) => `${key}=${value}`).toSorted()];
}

/** Replaces `{name}` by the kept id. */
function fill(text: string, kept: ReadonlyMap<string, string>): string {
  return text.replaceAll(/\{(\w+)\}/g, (all, name: string) => kept.get(name) ?? all);
}

/** Replaces kept ids by `{name}`, and other ids and MAC addresses that Neutron chose. */
function hide(text: string, kept: ReadonlyMap<string, string>): string {
  const names = new Map([...kept].map(([name, id]) => [id, `{${name}}`]));
  return text
    .replaceAll(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, (id) => names.get(id) ?? '<id>')
    .replaceAll(/\b[0-9a-f]{32}\b/g, (id) => names.get(id) ?? '<project>');
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
