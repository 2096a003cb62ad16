import { spawnSync } from 'node:child_process';
import { expect, it } from 'vitest';

/** Runs statements in a process that ends on bugs. */
function run(statements: string) {
  const script = `
    import { endOnBugs } from '${import.meta.dirname}/end-on-bugs.ts';
    import { openLog } from '${import.meta.dirname}/../observe/log.ts';
    endOnBugs(openLog('info'));
    setInterval(() => undefined, 1000);
    ${statements}`;
  const { status, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', script], {
    encoding: 'utf8',
  });
  return { status, lines: stderr.trim().split('\n') };
}

it.each([
  ['a timer throws', "setTimeout(() => { throw new Error('half done'); });"],
  ['nothing handles a rejection', "void Promise.reject(new Error('half done'));"],
])('when %s, the agent logs that this is its bug, with the stack, and ends', (_case, statements) => {
  const { status, lines } = run(statements);
  expect([status, lines.length]).toEqual([1, 1]);
  const { level, err, msg } = JSON.parse(lines[0] ?? '');
  expect({ level, msg, code: err.code }).toEqual({
    level: 60,
    msg: 'this is a bug of ovn-docker: the agent ends',
    code: 'E_INTERNAL',
  });
  expect(err.stack).toContain('Error: half done\n    at ');
});
