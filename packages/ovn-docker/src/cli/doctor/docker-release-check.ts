import { open } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import type { Check } from '../checklist/check.ts';
import { type DoctorContext, requireFinding } from './context.ts';
import { defectsOf, rangeOf } from './docker-defects.ts';

/** Whether the release of Docker has defects that ovn-docker's users meet. */
export const dockerReleaseCheck: Check<DoctorContext> = {
  name: 'Docker release',

  async run(context) {
    const release = requireFinding(context, 'dockerRelease');
    const defects = defectsOf(release, await hasComposeV1());
    return {
      facts: [defects.length === 0 ? `no defect of ${release} is known` : `${release} has known defects`],
      warnings: defects.map((defect) => ({
        message: `${defect.what} (${rangeOf(defect)})`,
        hint: defect.hint,
      })),
    };
  },
};

/**
 * Whether the first `docker-compose` of the search path is version 1: a Python script, which starts slowly.
 */
export async function hasComposeV1(path = process.env['PATH'] ?? ''): Promise<boolean> {
  for (const directory of path.split(delimiter)) {
    const start = await startOf(join(directory, 'docker-compose'));
    if (start !== undefined) return /^#!.*python/.test(start);
  }
  return false;
}

/** The first bytes of a file; undefined if it cannot be read. */
async function startOf(path: string): Promise<string | undefined> {
  try {
    await using file = await open(path);
    const { buffer, bytesRead } = await file.read({ buffer: Buffer.alloc(64) });
    return buffer.toString('latin1', 0, bytesRead);
  } catch {
    return undefined;
  }
}
