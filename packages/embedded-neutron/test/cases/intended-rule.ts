import { isDeepStrictEqual } from 'node:util';
import type { Answers, CaseAnswer } from './case.ts';
import { without } from './shape.ts';

/** Generated requests whose answers differ on purpose. */
export interface IntendedRule {
  /** A row of the table in the README, word by word. */
  readonly why: string;
  applies(answers: Answers): boolean;
}

/** Whether the body or the query of a request contains one of the names. */
export function mentions({ ask, body }: Answers['request'], names: readonly string[]): boolean {
  const text = JSON.stringify(body ?? null);
  return names.some((name) => text.includes(`"${name}":`) || new RegExp(`[?&]${name}=`).test(ask));
}

/** Whether two successful answers are the same without some keys. */
export function sameBut(keys: string | readonly string[], one: CaseAnswer, other: CaseAnswer): boolean {
  const names = [keys].flat();
  const rest = ({ shape, shown, ...answer }: CaseAnswer) => [
    answer,
    shape && names.reduce(without, shape),
    Object.entries(shown ?? {}).filter(([name]) => !names.includes(name)),
  ];
  return isDeepStrictEqual(rest(one), rest(other));
}

/** Whether the message of an error matches. */
export const says = ({ message }: CaseAnswer, pattern: RegExp): boolean =>
  message !== undefined && pattern.test(message);
