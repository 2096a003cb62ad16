import { randomUUID } from 'node:crypto';
import { ask, type Kept, type Send } from '../cases/ask.ts';
import type { Case, CaseAnswer } from '../cases/case.ts';
import type { Request } from './network-requests.ts';
import { targets } from './scene.ts';
import { type Fields, isFields } from './values.ts';

/**
 * Asks requests about the objects of a scene, one after the other, and undoes what each of them changed: an
 * answer depends on its request only, and two servers that answer one request differently agree on the next.
 */
export async function askRequests(
  requests: readonly Request[],
  scene: readonly Case[],
  send: Send,
): Promise<CaseAnswer[]> {
  const stage = new Stage(scene, send);
  const answers: CaseAnswer[] = [];
  try {
    await stage.build();
    for (const [index, request] of requests.entries()) {
      const each: Case = { title: `request ${index}`, ...request };
      const { answer, body } = await ask(each, stage.kept, send);
      answers.push(answer);
      if (!(await stage.undo(each, answer.status, body))) {
        await stage.clear();
        await stage.build();
      }
    }
  } finally {
    await stage.clear();
  }
  return answers;
}

/** The objects of a scene on one server. */
class Stage {
  readonly kept: Kept = new Map();
  readonly #scene: readonly Case[];
  readonly #send: Send;
  /** The paths of all objects, in the order of their creation. */
  readonly #created: string[] = [];
  /** The objects that requests change, as they were when the scene was built; by path. */
  readonly #before = new Map<string, Fields>();

  constructor(scene: readonly Case[], send: Send) {
    this.#scene = scene;
    this.#send = send;
  }

  /** Creates the objects. @throws Error if one cannot be created */
  async build(): Promise<void> {
    this.kept.set('scene', randomUUID());
    for (const each of this.#scene) {
      const { answer, body } = await ask(each, this.kept, this.#send);
      if (answer.status >= 300) throw new Error(`the scene lacks ${each.title}: ${JSON.stringify(body)}`);
      this.#created.push(...createdBy(each.ask, this.kept, body));
    }
    for (const [collection, names] of Object.entries(targets)) {
      for (const name of names.filter((each) => this.kept.has(each))) {
        const path = `${collection}/${this.kept.get(name)}`;
        const { body } = await this.#admin('GET', path);
        const [item] = Object.values(isFields(body) ? body : {});
        if (isFields(item)) this.#before.set(path, item);
      }
    }
  }

  /** Deletes the objects that are still there. */
  async clear(): Promise<void> {
    for (const path of this.#created.splice(0).reverse()) await this.#delete(path);
    this.kept.clear();
    this.#before.clear();
  }

  /** Undoes what a request changed. Resolves with false if the scene must be built again. */
  async undo(each: Case, status: number, body: unknown): Promise<boolean> {
    const [method = '', asked = ''] = each.ask.split(' ');
    if (method === 'GET' || method === 'HEAD') return true;
    // Keystone stores links that it cannot read, refuses the request, and then also the next ones.
    if (asked.startsWith('/v3/') && status === 400 && hasLinks(each.body)) return false;
    if (status >= 300) return true;
    const path = asked.replaceAll(/\{(\w+)\}/g, (all, name: string) => this.kept.get(name) ?? all);
    if (method === 'POST') {
      const paths = createdBy(each.ask, this.kept, body).reverse();
      const deleted: boolean[] = [];
      for (const created of paths) deleted.push(await this.#delete(created));
      return deleted.every(Boolean);
    }
    // The objects of the scene have no tags.
    if (/\/tags(\/|$)/.test(path)) {
      if (method !== 'DELETE') await this.#admin('DELETE', path.replace(/\/tags.*/, '/tags'));
      return true;
    }
    if (path.startsWith('quotas/')) {
      if (method !== 'DELETE') await this.#admin('DELETE', path);
      return true;
    }
    if (path.startsWith('/v3/') && method === 'PUT') {
      return (await this.#admin('DELETE', path)).status === 204;
    }
    return method === 'PUT' && this.#restore(path, each.body);
  }

  /** Sets the attributes of a PUT to what they were. */
  async #restore(path: string, body: unknown): Promise<boolean> {
    const subPorts = /^(trunks\/[^/]+)\/(add|remove)_subports$/.exec(path);
    if (subPorts?.[1] !== undefined) return this.#restoreSubPorts(subPorts[1]);
    const before = this.#before.get(path.replace(/\/$/, ''));
    const [[singular, changed] = []] = Object.entries(isFields(body) ? body : {});
    if (before === undefined || singular === undefined || !isFields(changed)) return false;
    const names = Object.keys(changed).filter((name) => Object.hasOwn(before, name));
    const earlier = Object.fromEntries(names.map((name) => [name, before[name]]));
    const { status } = await this.#admin('PUT', path, { [singular]: earlier });
    return status === 200;
  }

  async #restoreSubPorts(trunk: string): Promise<boolean> {
    const { body } = await this.#admin('GET', trunk);
    const now = subPortsOf(isFields(body) ? body['trunk'] : undefined);
    const then = subPortsOf(this.#before.get(trunk));
    const ports = now.map(({ port_id }) => ({ port_id }));
    const removed = await this.#admin('PUT', `${trunk}/remove_subports`, { sub_ports: ports });
    const added = await this.#admin('PUT', `${trunk}/add_subports`, { sub_ports: then });
    return removed.status === 200 && added.status === 200;
  }

  async #delete(path: string): Promise<boolean> {
    // Keystone deletes only disabled domains.
    if (path.startsWith('/v3/domains/')) await this.#admin('PATCH', path, { domain: { enabled: false } });
    return (await this.#admin('DELETE', path)).status === 204;
  }

  #admin(method: string, path: string, body?: unknown) {
    return this.#send('admin', method, path, body === undefined ? undefined : JSON.stringify(body), {});
  }
}

/** The paths of what a POST created. */
function createdBy(asked: string, kept: Kept, body: unknown): string[] {
  const [method, path = ''] = asked.split(' ');
  if (method !== 'POST' || path.startsWith('/v3/auth/') || !isFields(body)) return [];
  const collection = path
    .replaceAll(/\{(\w+)\}/g, (all, name: string) => kept.get(name) ?? all)
    .replace(/(\.json|\/)$/, '');
  return Object.values(body)
    .flat()
    .flatMap((item) =>
      isFields(item) && typeof item['id'] === 'string' ? [`${collection}/${item['id']}`] : [],
    );
}

/** Whether a body sets the links of an object. */
const hasLinks = (body: unknown): boolean =>
  isFields(body) && Object.values(body).some((object) => isFields(object) && Object.hasOwn(object, 'links'));

function subPortsOf(trunk: unknown): readonly Fields[] {
  const list = isFields(trunk) ? trunk['sub_ports'] : undefined;
  return Array.isArray(list) ? list.filter(isFields) : [];
}
