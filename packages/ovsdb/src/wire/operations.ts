/** RFC 7047 §5.1 `<value>`. */
export type WireValue = string | number | boolean | readonly WireValue[];

/** RFC 7047 §5.1 `<row>`. */
export type WireRow = Readonly<Record<string, WireValue>>;

/** RFC 7047 §5.1 `<condition>`; ovsdb-server(7) §5.1 also allows a boolean. */
export type WireCondition = readonly [column: string, fn: string, value: WireValue] | boolean;

/** RFC 7047 §5.1 `<mutation>`. */
export type WireMutation = readonly [column: string, mutator: string, value: WireValue];

/** One operation of a transaction, in the notation of RFC 7047 §5.2. */
export type Operation =
  | {
      readonly op: 'insert';
      readonly table: string;
      readonly row: WireRow;
      readonly 'uuid-name'?: string;
      /** The UUID to use for the new row (ovsdb-server(7) §5.2.1, from OVS 2.13). */
      readonly uuid?: string;
    }
  | {
      readonly op: 'select';
      readonly table: string;
      readonly where: readonly WireCondition[];
      readonly columns?: readonly string[];
    }
  | {
      readonly op: 'update';
      readonly table: string;
      readonly where: readonly WireCondition[];
      readonly row: WireRow;
    }
  | {
      readonly op: 'mutate';
      readonly table: string;
      readonly where: readonly WireCondition[];
      readonly mutations: readonly WireMutation[];
    }
  | { readonly op: 'delete'; readonly table: string; readonly where: readonly WireCondition[] }
  | {
      readonly op: 'wait';
      readonly table: string;
      readonly where: readonly WireCondition[];
      readonly columns?: readonly string[];
      readonly until: '==' | '!=';
      readonly rows: readonly WireRow[];
      /** In milliseconds. If absent, the server waits without a time limit. */
      readonly timeout?: number;
    }
  | { readonly op: 'commit'; readonly durable: boolean }
  | { readonly op: 'abort' }
  | { readonly op: 'comment'; readonly comment: string }
  | { readonly op: 'assert'; readonly lock: string };

/**
 * The result of one operation (RFC 7047 §5.2): `uuid` of an insert, `rows` of a select, `count` of an update,
 * mutate or delete.
 */
export interface OperationResult {
  readonly uuid?: readonly ['uuid', string];
  readonly rows?: readonly WireRow[];
  readonly count?: number;
}
