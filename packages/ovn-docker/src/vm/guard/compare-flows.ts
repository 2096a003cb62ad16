import type { Flow, FlowChange } from '@ovn-docker/openflow';

/** How the guard flows of a bridge differ from those that it should have. */
export interface FlowDifferences {
  /** Flows that the bridge lacks, or has with another effect. */
  readonly missing: readonly Flow[];
  /** The guard's flows that belong to no port. */
  readonly stale: readonly Flow[];
}

/**
 * Compares flows by table, priority and match, which identify a flow, and by cookie and instructions.
 * @param actual the flows with the guard's cookie
 */
export function compareFlows(expected: readonly Flow[], actual: readonly Flow[]): FlowDifferences {
  const present = new Map(actual.map((flow) => [keyOf(flow), flow]));
  const missing = expected.filter((flow) => {
    const key = keyOf(flow);
    const found = present.get(key);
    present.delete(key);
    return !found || effectOf(found) !== effectOf(flow);
  });
  return { missing, stale: [...present.values()] };
}

/** The changes that remove the differences. */
export function changesFor({ missing, stale }: FlowDifferences): FlowChange[] {
  return [
    ...stale.map(({ table, priority, match }) => ({ delete: { table, priority, match } })),
    ...missing.map((add) => ({ add })),
  ];
}

function keyOf({ table, priority, match }: Flow): string {
  return `${table} ${priority} ${textOf(match)}`;
}

function effectOf({ cookie, instructions }: Flow): string {
  return `${cookie} ${textOf(instructions)}`;
}

/** The same text for equal values, whatever the order of their keys is. */
function textOf(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(textOf).join()}]`;
  if (typeof value !== 'object' || value === null) return String(value);
  const pairs = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${pairs.map(([key, part]) => `${key}:${textOf(part)}`).join()}}`;
}
