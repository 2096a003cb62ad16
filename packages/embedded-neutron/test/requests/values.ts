import { tables } from '../cases/index.ts';

export type Fields = Readonly<Record<string, unknown>>;

export const ABSENT = '00000000-0000-0000-0000-000000000000';

/** Values that are wrong for most attributes. `{name}` is the id of an object of the scene. */
export const anything: readonly unknown[] = [
  null,
  true,
  false,
  0,
  1,
  -1,
  1.5,
  4095,
  65_536,
  2 ** 31,
  '',
  ' ',
  'x',
  '0',
  '-1',
  '1.5',
  'None',
  'true',
  'x'.repeat(255),
  'x'.repeat(256),
  'ä',
  'ß'.repeat(255),
  '💡',
  "it's",
  'a,b',
  'a/b',
  '%',
  'constructor',
  ABSENT,
  '{net}',
  '{sub}',
  '{port}',
  '{sg}',
  '{bobs}',
  '10.60.0.5',
  '10.60.0.0/24',
  '010.60.0.5',
  'fd60::1',
  'fd60::/64',
  'fa:16:3e:00:00:01',
  [],
  {},
  ['x'],
  ['x', 'x'],
  [null],
  [[]],
  [{}],
  { x: 1 },
];

/** Other names for objects of the scene, which the recorded cases use. */
const ALIASES: Readonly<Record<string, string>> = {
  p1: 'port',
  p2: 'free',
  p3: 'busy',
  forty: 'busy',
  c3: 'c1',
  c4: 'c2',
  vlan: 'other',
  rev: 'other',
  empty: 'bare',
  multicast: 'othersub',
  slaac: 'autosub',
  revsub: 'othersub',
  revport: 'free',
  used: 'sg',
};

/** Replaces the names of a case's objects by those of the scene. */
export const inScene = (text: string): string =>
  text.replaceAll(/\{(\w+)\}/g, (all, name: string) => (name in ALIASES ? `{${ALIASES[name]}}` : all));

/** The values that the recorded cases contain, by the name of the attribute, at any depth. */
export const seen: ReadonlyMap<string, readonly unknown[]> = seenIn(
  Object.values(tables).flatMap((table) => table.map(({ body }) => body)),
);

function seenIn(bodies: readonly unknown[]): Map<string, unknown[]> {
  const values = new Map<string, Map<string, unknown>>();
  const visit = (value: unknown): void => {
    if (Array.isArray(value)) value.forEach(visit);
    if (!isFields(value)) return;
    for (const [name, inner] of Object.entries(value)) {
      const text = inScene(JSON.stringify(inner));
      const known = values.get(name) ?? new Map<string, unknown>();
      values.set(name, known.set(text, JSON.parse(text)));
      visit(inner);
    }
  };
  for (const body of bodies) visit(JSON.parse(JSON.stringify(body ?? null)));
  return new Map([...values].map(([name, known]) => [name, [...known.values()]]));
}

/** Whether a JSON value is an object. */
export function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
