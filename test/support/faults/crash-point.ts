import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { StageEvent } from '../../../packages/ovn-docker/src/observe/stage-events.ts';

const preload = pathToFileURL(join(import.meta.dirname, 'crash-at.ts'));

/** A stage boundary at which the agent kills itself. */
export interface CrashPoint extends Pick<StageEvent, 'stage' | 'direction'> {
  readonly moment: 'before' | 'after';
  /** At which visit of the boundary, counted from 1. */
  readonly occurrence: number;
}

/**
 * Parses `plug port:up:after`, or `plug port:up:after#2` for the second visit.
 * @throws Error when the text is no crash point
 */
export function parseCrashPoint(text: string): CrashPoint {
  const [, stage, direction, moment, occurrence] =
    /^(.+):(up|down):(before|after)(?:#([1-9]\d*))?$/.exec(text) ?? [];
  if (!stage || !direction || !moment) throw new Error(`OVN_DOCKER_CRASH: "${text}" is no crash point`);
  return {
    stage,
    direction: direction as CrashPoint['direction'],
    moment: moment as CrashPoint['moment'],
    occurrence: Number(occurrence ?? 1),
  };
}

/**
 * Environment that makes the agent kill itself at `point`.
 * @param spared ids of NICs at whose stages the agent keeps running, because they existed before the test
 */
export function crashAt(point: string, spared: readonly string[] = []): Record<string, string> {
  parseCrashPoint(point);
  return {
    OVN_DOCKER_CRASH: point,
    OVN_DOCKER_CRASH_SPARES: spared.join(' '),
    NODE_OPTIONS: `--import=${preload}`,
  };
}

/**
 * A transaction on the VM's switch at which the agent kills itself: the n-th one that writes or deletes
 * `external_ids` with that key, or that has that comment.
 */
export interface NotePoint {
  readonly key: string;
  readonly moment: 'before' | 'after';
  readonly occurrence: number;
}

/**
 * Parses `ovn-docker:claimed:after`, `ovn-docker:claimed:after#2`, or `ovn-docker: unplug 1 ports:after`.
 * @throws Error when the text is no crash point
 */
export function parseNotePoint(text: string): NotePoint {
  const [, key, moment, occurrence] =
    /^(ovn-docker: ?[\w -]+):(before|after)(?:#([1-9]\d*))?$/.exec(text) ?? [];
  if (!key || !moment) throw new Error(`OVN_DOCKER_CRASH_NOTE: "${text}" is no crash point`);
  return { key, moment: moment as NotePoint['moment'], occurrence: Number(occurrence ?? 1) };
}

/**
 * Environment that makes the agent kill itself at a {@link NotePoint}. `after`: the agent sends the
 * transaction and never reads the answer.
 */
export function crashAtNote(point: string): Record<string, string> {
  parseNotePoint(point);
  return { OVN_DOCKER_CRASH_NOTE: point, NODE_OPTIONS: `--import=${preload}` };
}
