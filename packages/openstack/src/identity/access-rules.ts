import { OpenStackError } from '../errors.ts';
import type { AccessRule, IssuedToken } from './types.ts';

/** A call as access rules see it. */
export interface RuledCall {
  readonly service: string;
  readonly method: string;
  /** With the path of the endpoint's URL. */
  readonly path: string;
}

/**
 * Whether one of the rules allows the call, as keystonemiddleware decides it.
 *
 * @example
 * ```ts
 * import { isCallAllowed } from '@ovn-docker/openstack';
 *
 * const rules = [{ service: 'network', method: 'GET', path: '/v2.0/ports/*' }];
 * console.log(isCallAllowed(rules, { service: 'network', method: 'GET', path: '/v2.0/ports/1' }));
 * ```
 */
export function isCallAllowed(rules: readonly AccessRule[], { service, method, path }: RuledCall): boolean {
  return rules.some(
    (rule) => rule.service === service && rule.method === method && matchesPath(rule.path, path),
  );
}

/** Whether a path matches a rule's pattern, in time proportional to the product of their lengths. */
function matchesPath(pattern: string, path: string): boolean {
  const tokens = pattern.match(/\*\*|\*|\{[^{}]*\}|[^{}*]/gs) ?? [];
  let reached = new Set([0]);
  const skipAny = () => {
    for (const index of reached) if (tokens[index] === '**') reached.add(index + 1);
  };
  skipAny();
  for (const character of path) {
    const next = new Set<number>();
    for (const index of reached) {
      const token = tokens[index] ?? '';
      if (token === '**') next.add(index);
      else if ((token === '*' || token.length > 1) && character !== '/') next.add(index).add(index + 1);
      else if (token === character) next.add(index + 1);
    }
    reached = next;
    skipAny();
  }
  return reached.has(tokens.length);
}

/**
 * Says why a service answered 401 to a token with access rules: services answer a forbidden call as if the
 * token were invalid. Returns any other error unchanged.
 *
 * @param call `paths` are the path with and without that of the endpoint's URL: which of them the service
 * sees depends on the proxy before it. `isFresh`: Keystone issued the token just now, so that it is valid.
 */
export function explainRefusedToken(
  error: unknown,
  token: IssuedToken,
  call: Omit<RuledCall, 'path'> & { readonly paths: readonly string[]; readonly isFresh: boolean },
): unknown {
  const credential = token.application_credential;
  if (!isUnauthorized(error) || credential?.access_rules === undefined) return error;
  const { access_rules: rules, name } = credential;
  const what = `${call.method} ${call.paths[0]}`;
  if (!call.paths.some((path) => isCallAllowed(rules, { ...call, path }))) {
    const reason = `none of the ${rules.length} access rules of application credential ${name} allows ${what}`;
    return new OpenStackError(error, { ...answerOf(error), reason }, 'OPENSTACK_ACCESS_RULES');
  }
  if (!call.isFresh) return error;
  const reason = `the service refuses a token that Keystone has just issued, although an access rule of application credential ${name} allows ${what}`;
  return new OpenStackError(error, { ...answerOf(error), reason }, 'OPENSTACK_RULES_UNSUPPORTED');
}

/** Whether a service or Keystone refused the token or the credentials; Keystone's status may be 404. */
export function isUnauthorized(error: unknown): error is OpenStackError {
  return error instanceof OpenStackError && error.code === 'OPENSTACK_UNAUTHORIZED';
}

function answerOf({ status, type, requestId }: OpenStackError) {
  return { status, type, requestId };
}
