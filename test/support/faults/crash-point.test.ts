import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { describe, expect, it } from 'vitest';
import { STAGE_CHANNEL } from '../../../packages/ovn-docker/src/observe/stage-events.ts';
import { crashAt, crashAtNote, parseCrashPoint, parseNotePoint } from './crash-point.ts';

/** A program that publishes the stage boundaries of two NICs, as the engine does, and prints each step. */
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

it('the process is killed at the boundary, and nothing runs afterwards', () => {
  const { signal, steps, stderr } = runEngine(crashAt('plug port:up:before'));
  expect({ signal, steps }).toEqual({
    signal: 'SIGKILL',
    steps: ['make veth before 1', 'make veth after 1'],
  });
  expect(stderr).toContain('crash-at: plug port:up:before\n');
});

it('the process is killed at the n-th visit of the boundary', () => {
  const { signal, steps } = runEngine(crashAt('make veth:up:after#2'));
  expect({ signal, last: steps.at(-1) }).toEqual({ signal: 'SIGKILL', last: 'make veth before 2' });
});

it('the process is not killed at a stage of spared NICs', () => {
  const { signal, steps } = runEngine(crashAt('make veth:up:before', ['1']));
  expect({ signal, last: steps.at(-1) }).toEqual({ signal: 'SIGKILL', last: 'plug port after 1' });
});

it.each(['plug port:down:before', 'make veth:up:after#3', 'choose VLAN:up:before'])(
  'the process keeps running if it never reaches %s',
  (point) => {
    const { signal, status, steps } = runEngine(crashAt(point));
    expect({ signal, status, count: steps.length }).toEqual({ signal: null, status: 0, count: 10 });
  },
);

it.each(['', 'plug port', 'plug port:sideways:after', 'plug port:up:after#0'])(
  '"%s" is refused as a crash point',
  (point) => {
    expect(() => parseCrashPoint(point)).toThrow('is no crash point');
  },
);

/** A program that sends three transactions to the test's server. */
const CLIENT = `
import { connect } from 'node:net';
const socket = connect(process.env.LISTENER, async () => {
  if (process.env.CORKED) socket.cork();
  for (const key of ['other', 'ovn-docker:claimed', 'ovn-docker:claimed']) socket.write(JSON.stringify({ [key]: 1 }) + '\\n');
  socket.end();
});`;

async function runClient(
  point: string,
  env: Record<string, string>,
): Promise<{ signal: NodeJS.Signals | null; arrived: string }> {
  const path = join(tmpdir(), `crash-point-${process.pid}.sock`);
  const server = createServer().listen(path);
  try {
    const received = once(server, 'connection').then(([socket]) => text(socket as Socket));
    const child = spawn(process.execPath, ['--input-type=module', '--eval', CLIENT], {
      env: { ...process.env, ...env, ...crashAtNote(point), LISTENER: path },
      stdio: 'ignore',
    });
    const [, signal] = (await once(child, 'close')) as [number | null, NodeJS.Signals | null];
    return { signal, arrived: await received };
  } finally {
    server.close();
  }
}

describe.each([
  ['one by one', {}],
  ['together', { CORKED: 'true' }],
])('transactions sent %s', (_, env) => {
  it.each([
    ['ovn-docker:claimed:before', 1],
    ['ovn-docker:claimed:after', 2],
    ['ovn-docker:claimed:before#2', 2],
    ['ovn-docker:claimed:after#2', 3],
  ])('the process is killed at %s, and the transactions sent before arrive', async (point, count) => {
    const { signal, arrived } = await runClient(point, env);
    expect([signal, arrived.trim().split('\n').length]).toEqual(['SIGKILL', count]);
  });
});

it.each(['', 'claimed:after', 'ovn-docker:claimed', 'ovn-docker:claimed:after#0'])(
  '"%s" is refused as a transaction to crash at',
  (point) => {
    expect(() => parseNotePoint(point)).toThrow('is no crash point');
  },
);
