import { execFileSync } from 'node:child_process';
import { root } from '../bundle.ts';

/** The time of the commit in seconds since 1970, so that two builds of one commit are the same bytes. */
export function commitTime(): number {
  const given = process.env['SOURCE_DATE_EPOCH'];
  return Number(
    given ?? execFileSync('git', ['-C', root, 'log', '-1', '--format=%ct'], { encoding: 'utf8' }),
  );
}
