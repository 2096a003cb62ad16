import { isDeepStrictEqual } from 'node:util';
import type { Answers, CaseAnswer } from './case.ts';
import type { IntendedAnswer } from './intended.ts';
import { rules } from './intended-requests.ts';
import { reasons } from './reasons.ts';

/** What a comparison of two answers to one request says; `why` is a row of the table in the README. */
export type Verdict = { readonly same: boolean; readonly why?: string };

/**
 * Compares the answers to a case, whose difference may be in the list of intended ones by its title: status,
 * error type, message, values that the case shows, and the shape unless the real answer is a recording.
 */
export function judgeCase({ real, ours }: Answers, difference: IntendedAnswer | undefined): Verdict {
  const { shape: _, ...ourRest } = ours;
  const seen = real.shape === undefined ? ourRest : ours;
  if (difference !== undefined) {
    const { shape: __, ...realRest } = real;
    const same =
      isDeepStrictEqual(ourRest, difference.answer) && !isDeepStrictEqual(realRest, difference.answer);
    return { same, why: difference.why };
  }
  if (isDeepStrictEqual(seen, real)) return { same: true };
  return brokenDown(real, ours) ?? { same: false };
}

/** Compares the answers to a generated request: status, error type, shown values and shape. */
export function judgeRequest(answers: Answers): Verdict {
  const { message: _, ...real } = answers.real;
  const { message: __, ...ours } = answers.ours;
  if (isDeepStrictEqual(real, ours)) return { same: true };
  const rule = rules.find(({ applies }) => applies(answers));
  if (rule !== undefined) return { same: true, why: rule.why };
  return brokenDown(real, ours) ?? { same: false };
}

/** Where Neutron breaks down, there is nothing to compare. */
function brokenDown(real: CaseAnswer, ours: CaseAnswer): Verdict | undefined {
  if (real.status !== 500 || ours.status >= 500) return undefined;
  return { same: true, why: reasons.breakdown };
}
