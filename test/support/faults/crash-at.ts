/**
 * Preloaded into the agent (`NODE_OPTIONS=--import=…/crash-at.ts`): kills the process, as `kill -9` from outside would,
 * at the stage boundary that OVN_DOCKER_CRASH names, or at the transaction that OVN_DOCKER_CRASH_NOTE names. Nothing runs
 * after it: no `finally`, no flush, no answer.
 */
import { subscribe } from 'node:diagnostics_channel';
import { writeSync } from 'node:fs';
import { Socket } from 'node:net';
import { STAGE_CHANNEL, type StageEvent } from '../../../packages/ovn-docker/src/observe/stage-events.ts';
import { parseCrashPoint, parseNotePoint } from './crash-point.ts';

const { OVN_DOCKER_CRASH: stagePoint, OVN_DOCKER_CRASH_NOTE: notePoint } = process.env;
if (stagePoint !== undefined) crashAtStage(stagePoint);
if (notePoint !== undefined) crashAtNote(notePoint);

function crashAtStage(point: string): void {
  const wanted = parseCrashPoint(point);
  const spared = new Set((process.env['OVN_DOCKER_CRASH_SPARES'] ?? '').split(' '));
  let seen = 0;
  subscribe(STAGE_CHANNEL, (message) => {
    const { stage, direction, moment, nics } = message as StageEvent;
    if (stage !== wanted.stage || direction !== wanted.direction || moment !== wanted.moment) return;
    if (nics.every(({ id }) => spared.has(id))) return;
    seen += 1;
    if (seen === wanted.occurrence) die(`${stage}:${direction}:${moment}`);
  });
}

/** What is written to a socket that is not corked is in the kernel's hands when `write` returns (uv_try_write), and will arrive. */
function crashAtNote(point: string): void {
  const wanted = parseNotePoint(point);
  const write = Socket.prototype.write;
  let seen = 0;
  Socket.prototype.write = function (this: Socket, ...args: Parameters<typeof write>) {
    if (!String(args[0]).includes(`"${wanted.key}"`) || ++seen !== wanted.occurrence) {
      return write.apply(this, args);
    }
    if (wanted.moment === 'after') write.apply(this, args);
    while (this.writableCorked > 0) this.uncork();
    return die(point);
  } as typeof write;
}

function die(where: string): never {
  writeSync(2, `crash-at: ${where}\n`);
  process.kill(process.pid, 'SIGKILL');
  // The signal may take effect a moment later; this thread does nothing until then.
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
  throw new Error('killed');
}
