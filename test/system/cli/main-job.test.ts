import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { startOutput } from '../raise-lab.ts';

interface Line {
  readonly step?: string;
  readonly ok?: boolean;
  readonly verified?: string;
  readonly error?: string;
  readonly done?: boolean;
}

const lines = readFileSync(startOutput, 'utf8')
  .split('\n')
  .filter(Boolean)
  .map((line) => JSON.parse(line) as Line);
const steps = lines.filter(({ step }) => step !== undefined);

describe('the main job of the source document', () => {
  it.each(steps.map((line) => [line.step, line] as const))('%s', (_, line) => {
    expect(line.error).toBeUndefined();
    expect(line.ok).toBe(true);
    expect(line.verified).not.toBe('');
  });

  it('all steps are done', () => {
    expect(lines.at(-1)).toMatchObject({ done: true, ok: true, steps: steps.length });
    expect(steps.length).toBeGreaterThanOrEqual(16);
  });
});
