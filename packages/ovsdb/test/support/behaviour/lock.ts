import { describe, expect, it } from 'vitest';
import { connect, NotOwnerError, OvsdbClosedError, Transaction } from '../../../src/index.ts';
import { testSchema } from '../../generated/test.ts';
import type { Subject } from './subject.ts';

/** Tests locks, also stolen ones. */
export function describeLock(subject: Subject): void {
  describe('a lock', () => {
    it('is held by one client at a time, and can be stolen', async () => {
      await using other = await connect({ remotes: subject.server.remote });
      const mine = await subject.client.lock('L');
      await mine.acquired;
      const theirs = await other.lock('L');
      expect([mine.held, theirs.held]).toEqual([true, false]);
      await new Transaction(testSchema, subject.client).assertLock('L').commit();
      await expect(new Transaction(testSchema, other).assertLock('L').commit()).rejects.toBeInstanceOf(
        NotOwnerError,
      );
      await mine.release();
      await theirs.acquired;
      const lost = new Promise<void>((resolve) => theirs.on('lost', resolve));
      const stolen = await subject.client.steal('L');
      await lost;
      expect([stolen.held, theirs.held]).toEqual([true, false]);
      await stolen.release();
      await theirs.acquired;
    });

    it('rejects a wait for it when it is released', async () => {
      const mine = await subject.client.lock('M');
      await mine.acquired;
      await using other = await connect({ remotes: subject.server.remote });
      const theirs = await other.lock('M');
      const waiting = theirs.acquired;
      await theirs.release();
      await expect(waiting).rejects.toBeInstanceOf(OvsdbClosedError);
      await mine.release();
    });

    it('can be requested only once by a client', async () => {
      await using mine = await subject.client.lock('N');
      await mine.acquired;
      await expect(subject.client.lock('N')).rejects.toMatchObject({ code: 'syntax error' });
      await expect(subject.client.steal('N')).rejects.toMatchObject({ code: 'syntax error' });
      expect(mine.held).toBe(true);
      await new Transaction(testSchema, subject.client).assertLock('N').commit();
    });

    it('has a name of letters, digits and underscores', async () => {
      await expect(subject.client.lock('my-lock')).rejects.toMatchObject({ code: 'schema-mismatch' });
      await expect(subject.client.steal('')).rejects.toMatchObject({ code: 'schema-mismatch' });
    });
  });
}
