import { explainRefusal } from '../../clients/neutron/refusals.ts';
import { asOvnDockerError, type OvnDockerError } from '../../errors.ts';
import type { Link, Patient } from './check.ts';

/** What came of one link. */
export type LinkReport =
  | {
      readonly link: string;
      readonly state: 'good' | 'skipped';
      readonly facts: readonly string[];
      readonly ms: number;
    }
  | { readonly link: string; readonly state: 'broken'; readonly error: OvnDockerError; readonly ms: number }
  | { readonly link: string; readonly state: 'not looked at' };

/** Looks at the links one after the other, up to the first that is broken: what comes after it could only mislead. */
export async function* walk(links: readonly Link[], patient: Patient): AsyncGenerator<LinkReport> {
  let isBroken = false;
  for (const link of links) {
    const report: LinkReport = isBroken ? notLookedAt(link) : await lookAt(link, patient);
    isBroken ||= report.state === 'broken';
    yield report;
  }
}

function notLookedAt({ name }: Link): LinkReport {
  return { link: name, state: 'not looked at' };
}

async function lookAt(link: Link, patient: Patient): Promise<LinkReport> {
  const started = performance.now();
  const ms = () => Math.round(performance.now() - started);
  try {
    const { facts, isSkipped } = await link.look(patient);
    return { link: link.name, state: isSkipped ? 'skipped' : 'good', facts, ms: ms() };
  } catch (error) {
    return { link: link.name, state: 'broken', error: asOvnDockerError(explainRefusal(error)), ms: ms() };
  }
}
