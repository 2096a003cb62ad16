import { getVisible, listVisible, shown, type View } from '../../cloud/list-visible.ts';
import type { Answer } from '../../cloud/neutron-api.ts';
import { readQuery } from '../../policy/read-query.ts';
import type { Backend, Call } from '../call.ts';

/** Answers with the part of a list that the VM may see. */
export function list(call: Call, { api }: Backend, view: View, filters: readonly string[]): Promise<Answer> {
  return listVisible(api, view, readQuery(call.query, filters), call.url);
}

/** Answers with one resource that the VM may see. @param single its key in JSON: `security_group` */
export async function show(call: Call, { api }: Backend, view: View, single: string): Promise<Answer> {
  const { fields } = readQuery(call.query, []);
  const item = await getVisible(api, view, call.id, single);
  return { status: 200, headers: {}, body: { [single]: shown(item, fields) } };
}
