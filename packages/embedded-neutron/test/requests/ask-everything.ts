import fc from 'fast-check';
import { askAll, type Send } from '../cases/ask.ts';
import type { CaseAnswer } from '../cases/case.ts';
import { tables } from '../cases/index.ts';
import { askRequests } from './ask-requests.ts';
import { identityRequests } from './identity-requests.ts';
import { networkRequests, type Request } from './network-requests.ts';
import { identityScene, networkScene } from './scene.ts';

/** Which requests are generated: the same numbers give the same requests. */
export interface Selection {
  readonly seed: number;
  /** The number of requests to Neutron and to Keystone. */
  readonly network: number;
  readonly identity: number;
}

/** The generated requests, by service. */
export function generate({ seed, network, identity }: Selection): Record<Service, readonly Request[]> {
  return {
    network: fc.sample(networkRequests, { seed, numRuns: network }),
    identity: fc.sample(identityRequests, { seed, numRuns: identity }),
  };
}

type Service = 'network' | 'identity';

/** The answers of one server to the recorded cases, by table and title, and to the generated requests. */
export type AllAnswers = Readonly<Record<Service, readonly CaseAnswer[]>> & {
  readonly tables: Readonly<Record<string, Readonly<Record<string, CaseAnswer>>>>;
};

/**
 * Asks one Neutron and its Keystone all recorded cases and the generated requests.
 *
 * @param clean deletes what the cases of a table created
 */
export async function askEverything(
  selection: Selection,
  send: Send,
  clean: () => Promise<void> = async () => {},
): Promise<AllAnswers> {
  const requests = generate(selection);
  const askNeutron = async () => {
    const answers: Record<string, Record<string, CaseAnswer>> = {};
    for (const [name, table] of Object.entries(tables)) {
      answers[name] = await askAll(table, send);
      await clean();
    }
    return { tables: answers, network: await askRequests(requests.network, networkScene, send) };
  };
  const [neutron, identity] = await Promise.all([
    askNeutron(),
    askRequests(requests.identity, identityScene, send),
  ]);
  return { ...neutron, identity };
}
