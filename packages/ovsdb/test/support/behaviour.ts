import { afterAll, beforeAll, beforeEach, describe } from 'vitest';
import { describeDatabases } from './behaviour/databases.ts';
import { describeInsert } from './behaviour/insert.ts';
import { describeLock } from './behaviour/lock.ts';
import { describeMalformed } from './behaviour/malformed.ts';
import { describeMutation } from './behaviour/mutation.ts';
import { describeReferences } from './behaviour/references.ts';
import { describeReplica } from './behaviour/replica.ts';
import { type ServerUnderTest, Subject } from './behaviour/subject.ts';
import { describeTransaction } from './behaviour/transaction.ts';

/** The tests that every OVSDB server must pass. They run with ovsdb-server and with the memory server. */
export function describeBehaviour(kind: string, start: () => Promise<ServerUnderTest>): void {
  describe(`a client of ${kind}`, () => {
    const subject = new Subject();
    beforeAll(() => subject.begin(start));
    afterAll(() => subject.end());
    beforeEach(() => subject.empty());

    describeDatabases(subject);
    describeInsert(subject);
    describeReferences(subject);
    describeMutation(subject);
    describeTransaction(subject);
    describeMalformed(subject);
    describeReplica(subject);
    describeLock(subject);
  });
}
