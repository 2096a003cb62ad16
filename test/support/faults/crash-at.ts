/**
 * Preloaded into the agent (`NODE_OPTIONS=--import=…/crash-at.ts`). Kills the process, as `kill -9` from
 * outside does, at the stage boundary that OVN_DOCKER_CRASH names or at the transaction that
 * OVN_DOCKER_CRASH_NOTE names. Nothing runs afterwards: no `finally`, no flush, no answer.
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
  const target = parseCrashPoint(point);
  const spared = new Set((process.env['OVN_DOCKER_CRASH_SPARES'] ?? '').split(' '));
  let seen = 0;
  subscribe(STAGE_CHANNEL, (message) => {
    const { stage, direction, moment, nics } = message as StageEvent;
    if (stage !== target.stage || direction !== target.direction || moment !== target.moment) return;
    if (nics.every(({ id }) => spared.has(id))) return;
    seen += 1;
    if (seen === target.occurrence) die(`${stage}:${direction}:${moment}`);
  });
}

/** When `write` to an uncorked socket returns, the kernel has the data (uv_try_write) and delivers it. */
function crashAtNote(point: string): void {
  const target = parseNotePoint(point);
  const write = Socket.prototype.write;
  let seen = 0;
  Socket.prototype.write = function (this: Socket, ...args: Parameters<typeof write>) {
    if (!String(args[0]).includes(`"${target.key}"`) || ++seen !== target.occurrence) {
      return write.apply(this, args);
    }
    if (target.moment === 'after') write.apply(this, args);
    while (this.writableCorked > 0) this.uncork();
    return die(point);
  } as typeof write;
}

function die(point: string): never {
  writeSync(2, `crash-at: ${point}\n`);
  process.kill(process.pid, 'SIGKILL');
  // The signal may take effect a moment later; this thread waits for it.
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
  throw new Error('killed');
}
