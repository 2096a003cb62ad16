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

/** The recorded answer of the real services in an exchange. */
export function recording(name: string): Recorded {
  const answer = recorded[name];
  if (answer === undefined) throw new Error(`there is no recording named ${name}`);
  return answer;
}

/** Expects the recorded status, error type and message, or keys of the resource. */
export function expectAsRecorded(name: string, answer: Answer, extraKeys: readonly string[] = []): void {
  const expected = recording(name);
  const error = answer.body.NeutronError ?? answer.body.error;
  expect({ name, status: answer.status, error }).toMatchObject({ name, status: expected.status });
  if (expected.type !== undefined) expect(error?.type).toBe(expected.type);
  if (expected.title !== undefined) expect(error?.title).toBe(expected.title);
  if (expected.message !== undefined) {
    expect(String(error?.message).replaceAll(IDS, '<id>')).toBe(expected.message);
  }
  if (expected.keys !== undefined) {
    const [resource] = Object.values(answer.body);
    const one = Array.isArray(resource) ? resource[0] : resource;
    expect(Object.keys(one ?? {}).toSorted()).toEqual([...expected.keys, ...extraKeys].toSorted());
  }
}
