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

/** Reads an If-Match header. Ignores everything but `revision_number=N`, as Neutron does. */
export function parseIfMatch(header: string | undefined): number | undefined {
  const match = /^"?revision_number=(\d+)"?$/.exec(header?.trim() ?? '');
  return match ? Number(match[1]) : undefined;
}
