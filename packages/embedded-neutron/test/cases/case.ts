import type { Shape } from './shape.ts';

/** One request. Each table of cases is asked in order, because later cases need earlier ones. */
export interface Case {
  /** Unique in its table; the recorded answer has the same name. */
  readonly title: string;
  /**
   * Method and path: `POST networks`, or `GET /v3/users` for Keystone. In path and body, `{name}` is the id
   * that an earlier case kept.
   */
  readonly ask: string;
  readonly body?: unknown;
  /** The text of the body, instead of JSON. */
  readonly raw?: string;
  /** By default alice, a member. */
  readonly as?: 'bob' | 'admin';
  readonly headers?: Readonly<Record<string, string>>;
  /** Keeps the id of the resource in the answer, the first one of a list, under this name. */
  readonly keep?: string;
  /** The attribute to keep instead of the id. */
  readonly keeps?: string;
  /** The attributes to compare if the request succeeds; of a list, those of each item. */
  readonly shows?: readonly string[];
}

/** The parts of an answer that cases compare. */
export interface CaseAnswer {
  readonly status: number;
  /** Type and message of the error; ids that cases keep appear as `{name}`. Keystone has titles as types. */
  readonly type?: string;
  readonly message?: string;
  /** The attributes in {@link Case.shows}. */
  readonly shown?: unknown;
  /** The keys and types of the body, see {@link shapeOf}. Recordings have none. */
  readonly shape?: Shape;
}

/** The two answers to one request. */
export interface Answers {
  readonly request: Omit<Case, 'title'>;
  /** That of Keystone or Neutron. */
  readonly real: CaseAnswer;
  readonly ours: CaseAnswer;
}

/** A row of a table: title, request, body and the rest of a {@link Case}. */
export type Row = readonly [
  title: string,
  ask: string,
  body?: unknown,
  more?: Omit<Case, 'title' | 'ask' | 'body'> | undefined,
];

/** Makes cases from rows. */
export const cases = (rows: readonly Row[]): readonly Case[] =>
  rows.map(([title, ask, body, more]) => ({ title, ask, body, ...more }));

/** Rows that differ in one value of one attribute. Their titles contain the value. */
export const eachValue = (
  ask: string,
  attribute: string,
  values: readonly unknown[],
  body: (values: Readonly<Record<string, unknown>>) => unknown,
  more?: Row[3],
): Row[] =>
  values.map((value) => [
    `${attribute} ${JSON.stringify(value).slice(0, 60)}`,
    ask,
    body({ [attribute]: value }),
    more,
  ]);
