import { neutronError } from '../errors.ts';

/**
 * Compares the revision that a caller requires by `If-Match: revision_number=N` with the current one.
 *
 * @throws NeutronError RevisionNumberConstraintFailed
 */
export function requireRevision(
  required: number | undefined,
  current: { readonly revision_number: number },
): void {
  if (required !== undefined && required !== current.revision_number) {
    throw neutronError('RevisionNumberConstraintFailed', required, current.revision_number);
  }
}

const TAG = 'revision_number=';

/**
 * Reads an If-Match header. As Neutron does, ignores entity tags that do not begin with `revision_number=`.
 *
 * @throws NeutronError BadRequest if the rest of such a tag is no number, or if there are two of them
 */
export function parseIfMatch(header: string | undefined): number | undefined {
  const text = header?.trim() ?? '';
  const quoted = [...text.matchAll(/"([^"]*)"/g)].map(([, tag = '']) => tag);
  const [tag, second] = (quoted.length > 0 ? quoted : [text]).filter((each) => each.startsWith(TAG));
  if (tag === undefined) return undefined;
  const refuse = (reason: string) => neutronError('BadRequest', 'if-match', reason);
  if (second !== undefined) throw refuse('Multiple revision_number etags are not supported.');
  const number = tag.slice(TAG.length);
  if (/^-?\d+$/.test(number)) return Number(number);
  throw refuse('Revision number etag must be in the format of revision_number=<int>');
}
