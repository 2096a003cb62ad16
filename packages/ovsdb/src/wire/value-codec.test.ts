import { describe, expect, it } from 'vitest';
import { OvsdbSchemaError } from '../errors.ts';
import type { ColumnType } from '../schema/database-schema.ts';
import { decodeValue, defaultValue, encodeValue } from './value-codec.ts';

const unlimited = Number.POSITIVE_INFINITY;
const integer: ColumnType = { key: { type: 'integer' }, min: 1, max: 1 };
const optional: ColumnType = { key: { type: 'string', enum: ['a', 'b'] }, min: 0, max: 1 };
const set: ColumnType = { key: { type: 'real' }, min: 0, max: unlimited };
const refs: ColumnType = { key: { type: 'uuid', refTable: 'T' }, min: 0, max: unlimited };
const map: ColumnType = { key: { type: 'integer' }, value: { type: 'uuid' }, min: 0, max: unlimited };
const uuid = '01234567-89ab-4cde-8f01-23456789abcd';

describe('values', () => {
  it.each([
    [integer, 5, 5],
    [optional, 'a', 'a'],
    [optional, undefined, ['set', []]],
    [set, [1.5, -2], ['set', [1.5, -2]]],
    [set, [], ['set', []]],
    [refs, [uuid], ['set', [['uuid', uuid]]]],
    [map, { 1: uuid }, ['map', [[1, ['uuid', uuid]]]]],
    [map, {}, ['map', []]],
  ])('decode to what was encoded: %#', (type, value, wire) => {
    expect(encodeValue(type, value, 'c')).toEqual(wire);
    expect(decodeValue(type, wire as never)).toEqual(value);
  });

  it('are read from the short form of a set', () => {
    expect(decodeValue(set, 1)).toEqual([1]);
    expect(decodeValue(refs, ['uuid', uuid])).toEqual([uuid]);
    expect(decodeValue({ ...refs, max: 1 }, ['uuid', uuid])).toBe(uuid);
    expect(decodeValue(optional, ['set', ['b']])).toBe('b');
  });

  it('may be references to rows of the same transaction', () => {
    expect(encodeValue(refs, [{ namedUuid: 'r' }], 'c')).toEqual(['set', [['named-uuid', 'r']]]);
  });

  it('may be any iterable', () => {
    expect(encodeValue(set, new Set([1]), 'c')).toEqual(['set', [1]]);
    expect(encodeValue(map, new Map([[3, uuid]]), 'c')).toEqual(['map', [[3, ['uuid', uuid]]]]);
  });

  it.each([
    [integer, '5'],
    [integer, 1.5],
    [integer, 2 ** 53],
    [integer, undefined],
    [optional, 'c'],
    [optional, { namedUuid: 'x' }],
    [set, 'text'],
    [set, [Number.NaN]],
    [refs, [5]],
    [map, [1]],
    [map, { x: uuid }],
    [map, { '': uuid }],
  ])('that do not fit are refused: %#', (type, value) => {
    expect(() => encodeValue(type, value, 'Table.column')).toThrow(OvsdbSchemaError);
    expect(() => encodeValue(type, value, 'Table.column')).toThrow('Table.column');
  });

  it('have defaults', () => {
    expect(
      [integer, optional, set, map, { ...integer, key: { type: 'string' } } as ColumnType].map(defaultValue),
    ).toEqual([0, undefined, [], {}, '']);
  });
});
