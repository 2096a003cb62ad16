/**
 * Preloaded into the agent (`NODE_OPTIONS=--import=…/crash-at.ts`): kills the process, as `kill -9` from outside would,
 * at the stage boundary that OVN_DOCKER_CRASH names. Nothing runs after it: no `finally`, no flush, no answer.
 */
import { subscribe } from 'node:diagnostics_channel';
import { writeSync } from 'node:fs';
import { parseCrashPoint, STAGE_CHANNEL, type StageMessage } from './crash-point.ts';

const wanted = parseCrashPoint(process.env['OVN_DOCKER_CRASH'] ?? '');
let seen = 0;

subscribe(STAGE_CHANNEL, (message) => {
  const { stage, direction, moment } = message as StageMessage;
  if (stage !== wanted.stage || direction !== wanted.direction || moment !== wanted.moment) return;
  seen += 1;
  if (seen < wanted.occurrence) return;
  writeSync(2, `crash-at: ${stage}:${direction}:${moment}\n`);
  process.kill(process.pid, 'SIGKILL');
  // The signal may take effect a moment later; this thread does nothing until then.
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
});
