import { spawnSync } from 'node:child_process';
import { expect, it } from 'vitest';
import { STAGE_CHANNEL } from '../../../packages/ovn-docker/src/observe/stage-events.ts';
import { crashAt, parseCrashPoint } from './crash-point.ts';

/** A program that works on two NICs as the engine does, and says what it does. */
const ENGINE = `
import { channel } from 'node:diagnostics_channel';
import { writeSync } from 'node:fs';
const boundaries = channel('${STAGE_CHANNEL}');
process.on('exit', () => writeSync(1, 'exit\\n'));
try {
  for (const id of ['1', '2']) {
    for (const stage of ['make veth', 'plug port']) {
      for (const moment of ['before', 'after']) {
        boundaries.publish({ stage, direction: 'up', moment, nics: [{ id }] });
        writeSync(1, stage + ' ' + moment + ' ' + id + '\\n');
      }
    }
  }
} finally {
  writeSync(1, 'finally\\n');
}`;

function runEngine(env: Record<string, string>) {
  const command = ['--input-type=module', '--eval', ENGINE];
  const { signal, status, stdout, stderr } = spawnSync(process.execPath, command, {
    env: { ...process.env, ...env },
    encoding: 'utf8',
  });
  return { signal, status, steps: stdout.trim().split('\n'), stderr };
}

it('kills the process at the boundary, and nothing runs after it', () => {
  const { signal, steps, stderr } = runEngine(crashAt('plug port:up:before'));
  expect({ signal, steps }).toEqual({
    signal: 'SIGKILL',
    steps: ['make veth before 1', 'make veth after 1'],
  });
  expect(stderr).toContain('crash-at: plug port:up:before\n');
});

it('kills it at the n-th time', () => {
  const { signal, steps } = runEngine(crashAt('make veth:up:after#2'));
  expect({ signal, last: steps.at(-1) }).toEqual({ signal: 'SIGKILL', last: 'make veth before 2' });
});

it('spares NICs', () => {
  const { signal, steps } = runEngine(crashAt('make veth:up:before', ['1']));
  expect({ signal, last: steps.at(-1) }).toEqual({ signal: 'SIGKILL', last: 'plug port after 1' });
});

it.each(['plug port:down:before', 'make veth:up:after#3', 'choose VLAN:up:before'])(
  'lets it run when it never comes to %s',
  (point) => {
    const { signal, status, steps } = runEngine(crashAt(point));
    expect({ signal, status, count: steps.length }).toEqual({ signal: null, status: 0, count: 10 });
  },
);

it.each(['', 'plug port', 'plug port:sideways:after', 'plug port:up:after#0'])('refuses "%s"', (point) => {
  expect(() => parseCrashPoint(point)).toThrow('is no crash point');
});
