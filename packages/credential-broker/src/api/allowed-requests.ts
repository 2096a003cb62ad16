import { ID } from '../policy/read-query.ts';
import type { AllowedRequest } from './call.ts';
import { generalRequests } from './requests/general.ts';
import { networkRequests } from './requests/networks.ts';
import { portRequests } from './requests/ports.ts';
import { trunkRequests } from './requests/trunks.ts';

/** Every request to Neutron that the broker passes on; it refuses all others. */
export const allowedRequests: readonly AllowedRequest[] = [
  ...generalRequests,
  ...networkRequests,
  ...portRequests,
  ...trunkRequests,
];

/**
 * The allowed request for a method and a path, and the id in the path.
 *
 * @param path below `/v2.0`, exactly as the client sent it: the broker decodes nothing in it
 */
export function findAllowed(
  method: string,
  path: string,
  projectId: string,
): { readonly request: AllowedRequest; readonly id: string } | undefined {
  for (const request of allowedRequests) {
    if (request.method !== method) continue;
    const id = idIn(request.path.replace('{project}', projectId), path);
    if (id !== undefined) return { request, id };
  }
  return undefined;
}

/** The id in a path that fits a template; '' if the template has none; undefined if the path does not fit. */
function idIn(template: string, path: string): string | undefined {
  const [before = '', after] = template.split('{id}');
  if (after === undefined) return path === template ? '' : undefined;
  if (!path.startsWith(before) || !path.endsWith(after)) return undefined;
  const id = path.slice(before.length, path.length - after.length);
  return ID.test(id) ? id : undefined;
}
