/** The keys of `pool.networks.NAME.low`. Aliases of YAML can nest values without end. */
const DEEPEST = 4;

/** An empty URL turns the metadata service off. */
const meaningful: readonly string[] = ['metadata_url'];

/**
 * Replaces blank texts by undefined: templates write `vif_id: ""` for a value that they do not have.
 * @param onBlank learns the path of each, such as `cloud.auth_url`
 */
export function withoutBlanks(
  value: unknown,
  onBlank: (path: string) => void,
  path: readonly string[] = [],
): unknown {
  if (typeof value === 'string' && value.trim() === '' && !meaningful.includes(path.join('.'))) {
    onBlank(path.join('.'));
    return undefined;
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  if (path.length === DEEPEST) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [key, withoutBlanks(inner, onBlank, [...path, key])]),
  );
}
