import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync } from 'node:fs';
import { setImmediate } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { loadProgram } from './bpf-program.ts';

/** Two instructions in the order of little-endian machines: r0 = 0; exit. */
const PROGRAM = Buffer.from('b7000000000000009500000000000000', 'hex');

/** Sends 5,000 signals to this process, at most 5,000 in a second. */
const STORM = `
import os, signal, sys, time
for _ in range(5000):
    os.kill(int(sys.argv[1]), signal.SIGUSR2)
    time.sleep(0.0002)`;

test('a program is loaded also while signals arrive', async () => {
  let handled = 0;
  process.on('SIGUSR2', () => handled++);
  const sender = spawn('python3', ['-c', STORM, String(process.pid)]);
  const end = once(sender, 'exit');
  while (sender.exitCode === null) {
    for (let i = 0; i < 100; i++) closeSync(loadProgram('load', PROGRAM));
    await setImmediate();
  }
  expect(await end).toEqual([0, null]);
  expect(handled).toBeGreaterThan(0);
  process.removeAllListeners('SIGUSR2');
});

test('a program that the kernel refuses is an error at once', () => {
  expect(() => loadProgram('load', Buffer.alloc(16))).toThrow(expect.objectContaining({ code: 'EINVAL' }));
});
