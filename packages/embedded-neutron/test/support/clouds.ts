import type { TestNorthbound } from './northbound.ts';
import { startCloud, type TestCloud } from './test-cloud.ts';

/** Several replicas with their APIs on one database. */
export interface Clouds extends AsyncDisposable {
  readonly all: readonly TestCloud[];
  /** One of them; successive indexes lead to all of them. */
  any(index: number): TestCloud;
}

/** Starts three replicas, in each of which alice has a token. */
export async function startThreeClouds(nb: TestNorthbound): Promise<Clouds> {
  const all: TestCloud[] = [];
  for (let index = 0; index < 3; index++) all.push(await startCloud({ nb }));
  await Promise.all(all.map((cloud) => cloud.token('alice')));
  return {
    all,
    any: (index) => all[index % all.length] as TestCloud,
    [Symbol.asyncDispose]: async () => {
      for (const cloud of all) await cloud[Symbol.asyncDispose]();
    },
  };
}
