import { neutronError } from '../errors.ts';

/**
 * Compares the revision that a caller asked for by `If-Match: revision_number=N` with the current one.
 *
 * @throws NeutronError RevisionNumberConstraintFailed
 */
export function requireRevision(
  wanted: number | undefined,
  current: { readonly revision_number: number },
): void {
  if (wanted !== undefined && wanted !== current.revision_number) {
    throw neutronError('RevisionNumberConstraintFailed', wanted, current.revision_number);
  }
}

/** Reads an If-Match header; anything but `revision_number=N` is ignored, as Neutron does. */
export function parseIfMatch(header: string | undefined): number | undefined {
  const match = /^"?revision_number=(\d+)"?$/.exec(header?.trim() ?? '');
  return match ? Number(match[1]) : undefined;
}
