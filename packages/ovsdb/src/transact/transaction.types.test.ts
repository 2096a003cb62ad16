import { describe, expectTypeOf, it } from 'vitest';
import type { TestTables } from '../../test/generated/test.ts';
import type { ColumnMatch, ColumnValues, Where } from '../schema/row-types.ts';
import type { CommitResult, Selected } from './commit-result.ts';
import type { Mutations } from './mutations.ts';
import type { Transaction } from './transaction.ts';

type Root = TestTables['Root'];

/** What the builder's types allow and refuse. Only the compiler checks these (`npm run types`). */
describe('the types of the transaction builder', () => {
  it('know the columns and their values', () => {
    expectTypeOf<{ name: string; mode: 'trunk'; ids: { a: string } }>().toExtend<ColumnValues<Root>>();
    expectTypeOf<{ mode: undefined }>().toExtend<ColumnValues<Root>>();
    expectTypeOf<{ child: { namedUuid: string } }>().toExtend<ColumnValues<Root>>();
    expectTypeOf<{ mode: 'other' }>().not.toExtend<ColumnValues<Root>>();
    expectTypeOf<{ number: string }>().not.toExtend<ColumnValues<Root>>();
    expectTypeOf<{ name: { namedUuid: string } }>().not.toExtend<ColumnValues<Root>>();
    expectTypeOf<Parameters<Transaction<TestTables>['insert']>[0]>().toEqualTypeOf<keyof TestTables>();
  });

  it('allow comparisons with undefined only for optional columns', () => {
    expectTypeOf<{ mode: undefined }>().toExtend<ColumnMatch<Root>>();
    expectTypeOf<{ name: undefined }>().not.toExtend<ColumnMatch<Root>>();
    expectTypeOf<{ tags: undefined }>().not.toExtend<ColumnMatch<Root>>();
    expectTypeOf<readonly [['number', '<', 5]]>().toExtend<Where<Root>>();
    expectTypeOf<readonly [['number', '<', 'x']]>().not.toExtend<Where<Root>>();
    expectTypeOf<readonly [['number', 'like', 5]]>().not.toExtend<Where<Root>>();
  });

  it('allow to delete only elements that a column can contain, and to calculate only with numbers', () => {
    expectTypeOf<{ delete: { tags: number[]; counts: string[]; ids: { a: string } } }>().toExtend<
      Mutations<Root>
    >();
    expectTypeOf<{ delete: { tags: string[] } }>().not.toExtend<Mutations<Root>>();
    expectTypeOf<{ delete: { name: string[] } }>().not.toExtend<Mutations<Root>>();
    expectTypeOf<{ remainder: { number: number }; divide: { tags: number } }>().toExtend<Mutations<Root>>();
    expectTypeOf<{ add: { name: number } }>().not.toExtend<Mutations<Root>>();
    expectTypeOf<{ multiply: { counts: number } }>().not.toExtend<Mutations<Root>>();
  });

  it('limit selected rows to the selected columns', () => {
    type Row = Pick<Root, '_uuid' | 'mode'>;
    const rows = (result: CommitResult, selected: Selected<Row>) => result.rows(selected);
    expectTypeOf(rows).returns.toEqualTypeOf<Row[]>();
    const select = (t: Transaction<TestTables>) => t.select('Root', [], ['mode']);
    expectTypeOf(select).returns.toExtend<Selected<Row>>();
    expectTypeOf(select).returns.not.toExtend<Selected<Pick<Root, 'name'>>>();
  });
});
