import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { testSchema } from '../../test/support/test-schema.ts';
import { generate } from './generate.ts';

const main = join(import.meta.dirname, 'main.ts');

const schema = {
  name: 'Example',
  version: '1.2.3',
  tables: {
    Big_Table: {
      isRoot: true,
      columns: {
        plain: { type: 'string' },
        number: { type: { key: { type: 'integer', minInteger: 1 } } },
        choice: { type: { key: { type: 'string', enum: ['set', ['a', 'b']] }, min: 0, max: 1 } },
        choices: { type: { key: { type: 'string', enum: ['set', ['a', 'b']] }, min: 0, max: 'unlimited' } },
        one: { type: { key: { type: 'uuid', refTable: 'Other' }, min: 0, max: 1 } },
        many: { type: { key: { type: 'uuid', refTable: 'Other' }, min: 1, max: 5 } },
        map: {
          type: { key: 'integer', value: { type: 'uuid', refTable: 'Other' }, min: 0, max: 'unlimited' },
        },
        any: { type: 'uuid' },
      },
    },
    Other: { columns: { flag: { type: 'boolean' } } },
  },
};

const uuid = (last: number) => ['uuid', `00000000-0000-4000-8000-00000000000${last}`] as const;

describe('generate', () => {
  it('types every kind of column', () => {
    const module = generate(schema, { prefix: 'my', importFrom: '@ovn-docker/ovsdb' });
    const columns = /interface MyBigTable \{\n([^}]*)\}/
      .exec(module)?.[1]
      ?.trim()
      .split('\n')
      .map((line) => line.trim());
    expect(columns).toEqual([
      'readonly _uuid: Uuid;',
      'readonly plain: string;',
      'readonly number: number;',
      "readonly choice: 'a' | 'b' | undefined;",
      "readonly choices: readonly ('a' | 'b')[];",
      "readonly one: Ref<'Other'> | undefined;",
      "readonly many: readonly Ref<'Other'>[];",
      "readonly map: Readonly<Record<string, Ref<'Other'>>>;",
      'readonly any: Uuid;',
    ]);
    expect(module).toContain('export const mySchema: DatabaseSchema<MyTables>');
    expect(module).toContain("from '@ovn-docker/ovsdb';");
  });

  it('accepts odd names and values', () => {
    const column = {
      type: { key: { type: 'string', enum: ['set', ["it's", 'a"b', 'a\\"b', 'c\n', '{x}']] } },
    };
    const tables = {
      A_B: { columns: { class: column, constructor: { type: 'string', ephemeral: true } } },
      AB: {
        columns: { weak: { type: { key: { type: 'uuid', refTable: 'A_B', refType: 'weak' }, min: 0 } } },
      },
      Tables: {
        columns: {
          refs: {
            type: { key: { type: 'uuid', refTable: 'AB' }, value: 'string', min: 0, max: 'unlimited' },
          },
          one: { type: { key: 'string', value: 'integer', min: 0, max: 1 } },
          real: { type: { key: { type: 'real', enum: ['set', [1.5, -2]] }, min: 0, max: 1 } },
          known: { type: { key: { type: 'uuid', enum: ['set', [uuid(1), uuid(2)]] } } },
          only: { type: { key: { type: 'uuid', enum: uuid(1) }, value: { type: 'uuid', enum: uuid(2) } } },
        },
      },
    };
    const module = generate({ name: 'Odd', version: '1.0.0', tables }, { prefix: 'my', importFrom: '@x/y' });
    const types = Array.from(module.matchAll(/readonly (\w+): (.*);$/gm), ([, name, type]) => [name, type]);
    expect(types).toEqual([
      ['_uuid', 'Uuid'],
      ['class', `'it\\'s' | 'a"b' | 'a\\\\"b' | 'c\\n' | '{x}'`],
      ['constructor', 'string'],
      ['_uuid', 'Uuid'],
      ['weak', "Ref<'A_B'> | undefined"],
      ['_uuid', 'Uuid'],
      ['refs', 'Readonly<Record<string, string>>'],
      ['one', 'Readonly<Record<string, number>>'],
      ['real', '1.5 | -2 | undefined'],
      ['known', `'${uuid(1)[1]}' | '${uuid(2)[1]}'`],
      ['only', `Readonly<Record<string, '${uuid(2)[1]}'>>`],
      ['A_B', 'My_A_B'],
      ['AB', 'My_AB'],
      ['Tables', 'My_Tables'],
    ]);
    for (const name of ['a-b', '1', 'x; evil()', '*/'])
      expect(() =>
        generate({ name: 'Odd', tables: { [name]: { columns: {} } } }, { prefix: 'my', importFrom: 'x' }),
      ).toThrow('is not a name');
    expect(() => generate(schema, { prefix: 'my-own', importFrom: 'x' })).toThrow('is not a name');
  });

  it('refuses a schema whose text would become code', () => {
    const column = (refTable: string) => ({ type: { key: { type: 'uuid', refTable }, min: 0, max: 1 } });
    const tables = (refTable: string) => ({ A: { columns: { ref: column(refTable) } } });
    const make = (version: string, refTable: string) =>
      generate({ name: 'Evil', version, tables: tables(refTable) }, { prefix: 'my', importFrom: 'x' });
    expect(make('1.0.0', 'A')).toContain("Ref<'A'>");
    for (const version of ['1.0.0\nevil();', '1.0.0 */ evil(); /*', '1', ''])
      expect(() => make(version, 'A')).toThrow('is not a version');
    for (const table of ["A'> | undefined; } evil(); interface X { a: Ref<'A", 'B', 'toString'])
      expect(() => make('1.0.0', table)).toThrow('is not a table');
  });

  it.each([
    ['nb', '/usr/share/ovn/ovn-nb.ovsschema'],
    ['sb', '/usr/share/ovn/ovn-sb.ovsschema'],
    ['vswitch', '/usr/share/openvswitch/vswitch.ovsschema'],
  ])('writes the committed module of %s', (prefix, file) => {
    if (!existsSync(file)) return;
    const committed = readFileSync(join(import.meta.dirname, `../generated/${prefix}.ts`), 'utf8');
    const json = JSON.parse(readFileSync(file, 'utf8')) as { name: string; version: string };
    // The installed release of OVN may have another schema version than the committed module.
    if (!committed.includes(`${json.name} ${json.version}`)) return;
    expect(generate(json, { prefix, importFrom: '..' })).toBe(committed);
  });
});

describe('ovsdb-codegen', () => {
  it('prints its usage with --help', () => {
    expect(execFileSync('node', [main, '--help'], { encoding: 'utf8' })).toContain('usage');
  });

  it('writes the committed module of the test schema', () => {
    const committed = readFileSync(join(import.meta.dirname, '../../test/generated/test.ts'), 'utf8');
    expect(generate(testSchema, { prefix: 'test', importFrom: '../../src' })).toBe(committed);
  });

  it('reports an error in one line', () => {
    for (const args of [[], ['/nonexistent', '--prefix', 'x'], ['--wrong'], [main, '--prefix', 'x']]) {
      const { status, stderr, stdout } = spawnSync('node', [main, ...args], { encoding: 'utf8' });
      expect([status, stdout]).toEqual([1, '']);
      expect(stderr.trim().split('\n')).toHaveLength(1);
    }
  });
});
