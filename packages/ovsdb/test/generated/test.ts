// Generated from the schema of Test 1.0.0 by ovsdb-codegen. Do not edit.
import type { DatabaseSchema } from '../../src/schema/database-schema.ts';
import { parseSchema } from '../../src/schema/parse-schema.ts';
import type { Ref, Uuid } from '../../src/schema/uuid.ts';

/** A row of Root. */
export interface TestRoot {
  readonly _uuid: Uuid;
  readonly name: string;
  readonly number: number;
  readonly ratio: number;
  readonly flag: boolean;
  readonly mode: 'access' | 'trunk' | undefined;
  readonly tags: readonly number[];
  readonly words: readonly string[];
  readonly ids: Readonly<Record<string, string>>;
  readonly counts: Readonly<Record<string, number>>;
  readonly child: Ref<'Child'> | undefined;
  readonly children: readonly Ref<'Child'>[];
  readonly friends: readonly Ref<'Root'>[];
  readonly fixed: string;
  readonly queues: Readonly<Record<string, Ref<'Child'>>>;
}

/** A row of Child. OVSDB deletes it when no other row refers to it. */
export interface TestChild {
  readonly _uuid: Uuid;
  readonly name: string;
  readonly parent: Ref<'Root'> | undefined;
}

/** A row of Single. */
export interface TestSingle {
  readonly _uuid: Uuid;
  readonly value: string | undefined;
}

/** A row of Must. */
export interface TestMust {
  readonly _uuid: Uuid;
  readonly root: readonly Ref<'Root'>[];
}

/** The tables of Test. */
export interface TestTables {
  readonly Root: TestRoot;
  readonly Child: TestChild;
  readonly Single: TestSingle;
  readonly Must: TestMust;
}

/** The schema of Test 1.0.0. */
export const testSchema: DatabaseSchema<TestTables> = /* @__PURE__ */ parseSchema<TestTables>(
{"name":"Test","version":"1.0.0","tables":{"Root":{"isRoot":true,"indexes":[["name"]],"columns":{"name":{"type":"string"},"number":{"type":{"key":{"type":"integer","minInteger":0,"maxInteger":100}}},"ratio":{"type":"real"},"flag":{"type":"boolean"},"mode":{"type":{"key":{"type":"string","enum":["set",["access","trunk"]]},"min":0,"max":1}},"tags":{"type":{"key":"integer","min":0,"max":4}},"words":{"type":{"key":"string","min":0,"max":"unlimited"}},"ids":{"type":{"key":"string","value":"string","min":0,"max":"unlimited"}},"counts":{"type":{"key":"integer","value":"integer","min":0,"max":"unlimited"}},"child":{"type":{"key":{"type":"uuid","refTable":"Child"},"min":0,"max":1}},"children":{"type":{"key":{"type":"uuid","refTable":"Child"},"min":0,"max":"unlimited"}},"friends":{"type":{"key":{"type":"uuid","refTable":"Root","refType":"weak"},"min":0,"max":"unlimited"}},"fixed":{"type":"string","mutable":false},"queues":{"type":{"key":"integer","value":{"type":"uuid","refTable":"Child"},"min":0,"max":"unlimited"}}}},"Child":{"columns":{"name":{"type":"string"},"parent":{"type":{"key":{"type":"uuid","refTable":"Root","refType":"weak"},"min":0,"max":1}}}},"Single":{"isRoot":true,"maxRows":1,"columns":{"value":{"type":{"key":"string","min":0,"max":1}}}},"Must":{"isRoot":true,"columns":{"root":{"type":{"key":{"type":"uuid","refTable":"Root","refType":"weak"},"min":1,"max":"unlimited"}}}}}},
);
