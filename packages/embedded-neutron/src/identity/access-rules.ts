/** What an application credential may be used for: one kind of request to one service. */
export interface AllowedRequest {
  /** Service type, such as `network`. */
  readonly service: string;
  readonly method: string;
  /**
   * A path with wildcards: `*` and `{name}` stand for one or more characters of one segment, `**` for any
   * characters.
   */
  readonly path: string;
}

/** An access rule of a user, as Keystone stores it (Identity API v3, "Application credentials"). */
export interface AccessRule extends AllowedRequest {
  readonly id: string;
}

/** A request as access rules see it. `path` has neither host nor query. */
export interface ServiceRequest {
  readonly service: string;
  readonly method: string;
  readonly path: string;
}

/** Whether one of the rules allows the request, as keystonemiddleware decides it. */
export function isAllowed(
  rules: readonly AllowedRequest[],
  { service, method, path }: ServiceRequest,
): boolean {
  return rules.some(
    (rule) => rule.service === service && rule.method === method && matchesPath(rule.path, path),
  );
}

/**
 * Whether the path matches the pattern of a rule. Users write the patterns: the time grows with the product
 * of both lengths, which a regular expression does not promise.
 */
export function matchesPath(pattern: string, path: string): boolean {
  const tokens = pattern.match(/\*\*|\*|\{[^{}]*\}|[^{}*]/gs) ?? [];
  // The number of tokens that match the path so far, for each way of matching.
  let matched = skipAny(tokens, new Set([0]));
  for (const character of path) {
    const next = new Set<number>();
    for (const index of matched) {
      const token = tokens[index];
      if (token === '**') next.add(index);
      else if (isSegment(token) && character !== '/') next.add(index).add(index + 1);
      else if (token === character) next.add(index + 1);
    }
    matched = skipAny(tokens, next);
  }
  return matched.has(tokens.length);
}

/** `**` also stands for no characters. */
function skipAny(tokens: readonly string[], matched: Set<number>): Set<number> {
  for (const index of matched) if (tokens[index] === '**') matched.add(index + 1);
  return matched;
}

const isSegment = (token: string | undefined): boolean => token === '*' || (token?.length ?? 0) > 1;

/** A rule as Keystone returns it. */
export const renderRule = ({ id, service, method, path }: AccessRule): AccessRule => ({
  id,
  service,
  method,
  path,
});
