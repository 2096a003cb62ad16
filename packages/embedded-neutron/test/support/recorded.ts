import { expect } from 'vitest';
import answers from '../data/recorded-answers.json' with { type: 'json' };
import type { Answer } from './test-cloud.ts';

interface Recorded {
  readonly status: number;
  readonly type?: string;
  readonly message?: string;
  readonly title?: string;
  readonly keys?: readonly string[];
  readonly top?: readonly string[];
}

const recorded = answers as unknown as Readonly<Record<string, Recorded>>;
const IDS = /[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g;

/** What the real services answered in an exchange. */
export function recording(name: string): Recorded {
  const found = recorded[name];
  if (found === undefined) throw new Error(`nothing was recorded under ${name}`);
  return found;
}

/** Expects status, error type and message, or the keys of the resource, to be as recorded. */
export function expectAsRecorded(name: string, answer: Answer, extraKeys: readonly string[] = []): void {
  const wanted = recording(name);
  const error = answer.body.NeutronError ?? answer.body.error;
  expect({ name, status: answer.status, error }).toMatchObject({ name, status: wanted.status });
  if (wanted.type !== undefined) expect(error?.type).toBe(wanted.type);
  if (wanted.title !== undefined) expect(error?.title).toBe(wanted.title);
  if (wanted.message !== undefined) {
    expect(String(error?.message).replaceAll(IDS, '<id>')).toBe(wanted.message);
  }
  if (wanted.keys !== undefined) {
    const [resource] = Object.values(answer.body);
    const one = Array.isArray(resource) ? resource[0] : resource;
    expect(Object.keys(one ?? {}).toSorted()).toEqual([...wanted.keys, ...extraKeys].toSorted());
  }
}
