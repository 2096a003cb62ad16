import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

/** Where the engine publishes each stage boundary, synchronously. */
export const STAGE_CHANNEL = 'ovn-docker:stage';

/** What it publishes there. */
export interface StageMessage {
  readonly stage: string;
  readonly direction: 'up' | 'down';
  readonly moment: 'before' | 'after';
  readonly nics: readonly { readonly id: string }[];
}

/** A stage boundary at which the agent is to die. */
export interface CrashPoint extends Omit<StageMessage, 'nics'> {
  /** The n-th time that it comes there, from 1. */
  readonly occurrence: number;
}

/** Reads `plug port:up:after`, or `plug port:up:after#2` for the second time. @throws Error */
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

/** Environment that makes a Node program die at `point`. */
export function crashAt(point: string): Record<string, string> {
  parseCrashPoint(point);
  const preload = pathToFileURL(join(import.meta.dirname, 'crash-at.ts'));
  return { OVN_DOCKER_CRASH: point, NODE_OPTIONS: `--import=${preload}` };
}
