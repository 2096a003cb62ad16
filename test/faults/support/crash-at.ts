/**
 * Preloaded into the agent (`NODE_OPTIONS=--import=…/crash-at.ts`): kills the process, as `kill -9` from outside would,
 * at the stage boundary that OVN_DOCKER_CRASH names. Nothing runs after it: no `finally`, no flush, no answer.
 */
import { subscribe } from 'node:diagnostics_channel';
import { writeSync } from 'node:fs';
import { STAGE_CHANNEL, type StageEvent } from '../../../packages/ovn-docker/src/observe/stage-events.ts';
import { parseCrashPoint } from './crash-point.ts';

const wanted = parseCrashPoint(process.env['OVN_DOCKER_CRASH'] ?? '');
const spared = new Set((process.env['OVN_DOCKER_CRASH_SPARES'] ?? '').split(' '));
let seen = 0;

subscribe(STAGE_CHANNEL, (message) => {
  const { stage, direction, moment, nics } = message as StageEvent;
  if (stage !== wanted.stage || direction !== wanted.direction || moment !== wanted.moment) return;
  if (nics.every(({ id }) => spared.has(id))) return;
  seen += 1;
  if (seen < wanted.occurrence) return;
  writeSync(2, `crash-at: ${stage}:${direction}:${moment}\n`);
  process.kill(process.pid, 'SIGKILL');
  // The signal may take effect a moment later; this thread does nothing until then.
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
});
