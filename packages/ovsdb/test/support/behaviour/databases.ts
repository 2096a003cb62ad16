import { describe, expect, it } from 'vitest';
import { OvsdbRequestError } from '../../../src/index.ts';
import { testSchema } from '../../generated/test.ts';
import type { Subject } from './subject.ts';

/** Tests listing databases and reading schemas. */
export function describeDatabases(subject: Subject): void {
  describe('databases', () => {
    it('are listed, with their schema', async () => {
      expect(await subject.client.listDbs()).toContain('Test');
      expect((await subject.client.getSchema('Test')).tables).toEqual(testSchema.tables);
      expect(await subject.client.getServerId()).toMatch(/^[0-9a-f-]{36}$/);
    });

    it('that are unknown are refused', async () => {
      await expect(subject.client.getSchema('None')).rejects.toMatchObject({
        name: 'OvsdbRequestError',
        code: 'unknown database',
      });
      await expect(subject.client.transact('None', [])).rejects.toBeInstanceOf(OvsdbRequestError);
    });
  });
}
