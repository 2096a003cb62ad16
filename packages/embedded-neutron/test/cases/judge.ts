import { isDeepStrictEqual } from 'node:util';
import type { Answers, CaseAnswer } from './case.ts';
import type { IntendedAnswer } from './intended.ts';
import { withoutKeyDifferences } from './intended-keys.ts';
import { rules } from './intended-requests.ts';
import { reasons } from './reasons.ts';

/** What a comparison of two answers to one request says; `why` is a row of the table in the README. */
export type Verdict = { readonly same: boolean; readonly why?: string };

/**
 * Compares the answers to a case, whose difference may be in the list of intended ones by its title: status,
 * error type, message, values that the case shows, and the shape unless the real answer is a recording.
 */
export function judgeCase({ request, real, ours }: Answers, difference: IntendedAnswer | undefined): Verdict {
  const { shape: _, ...ourRest } = ours;
  const seen = real.shape === undefined ? ourRest : ours;
  if (difference !== undefined) {
    const { shape: __, ...realRest } = real;
    const same =
      isDeepStrictEqual(ourRest, difference.answer) && !isDeepStrictEqual(realRest, difference.answer);
    return { same, why: difference.why };
  }
  if (isDeepStrictEqual(seen, real)) return { same: true };
  const settled = withoutKeyDifferences({ request, real, ours });
  if (isDeepStrictEqual(settled.real, settled.ours)) return verdict(settled.why);
  return brokenDown(real, ours) ?? { same: false };
}

/** Compares the answers to a generated request: status, error type, shown values and shape. */
export function judgeRequest(answers: Answers): Verdict {
  if (isDeepStrictEqual(withoutMessage(answers.real), withoutMessage(answers.ours))) return { same: true };
  const settled = withoutKeyDifferences(answers);
  if (isDeepStrictEqual(withoutMessage(settled.real), withoutMessage(settled.ours))) {
    return verdict(settled.why);
  }
  const rule = rules.find(({ applies }) => applies(settled));
  if (rule !== undefined) return { same: true, why: rule.why };
  return brokenDown(answers.real, answers.ours) ?? { same: false };
}

const verdict = (why: string | undefined): Verdict => ({ same: true, ...(why !== undefined && { why }) });

function withoutMessage({ message: _, ...answer }: CaseAnswer): CaseAnswer {
  return answer;
}

/** Where Neutron breaks down, there is nothing to compare. */
function brokenDown(real: CaseAnswer, ours: CaseAnswer): Verdict | undefined {
  if (real.status !== 500 || ours.status >= 500) return undefined;
  return { same: true, why: reasons.breakdown };
}
