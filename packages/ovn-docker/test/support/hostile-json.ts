import fc from 'fast-check';

/** Texts at which code that expects a name, an address or a CIDR tends to stumble. */
const NASTY = [
  ...['', ' ', '\0', '\ud800', '\u2028', '__proto__', 'constructor', '%', '%00', '../..', 'x'.repeat(5000)],
  ...['10.0.0.300', '10.0.0.7/99', '10.0.0.7/24/5', '::', ':::', 'fe80::1%eth0', '::ffff:10.0.0.7', '0/0'],
  ...[
    '0.0.0.0/0',
    '::/0',
    '10.0.0.0/24',
    '10.0.0.9/24',
    'fd00::/64',
    'cidr/',
    'cidr/x',
    'subnet/',
    'subnet/x/y',
  ],
  ...['00:00:00:00:00:00', 'fa:16:3e:zz:00:01', '-1', '1e999', 'true', '[]'],
];

/** Any JSON value, often one of {@link NASTY} or of `known`, such as the id of a network that exists. */
export function hostileValue(known: readonly unknown[]): fc.Arbitrary<unknown> {
  return fc.oneof(
    { weight: 3, arbitrary: fc.constantFrom<unknown>(...NASTY) },
    { weight: 3, arbitrary: fc.constantFrom<unknown>(...known) },
    { weight: 1, arbitrary: fc.constantFrom<unknown>(null, 0, -1, 1e300, true, [], {}, [null], { a: {} }) },
    { weight: 1, arbitrary: fc.string({ unit: 'binary' }) },
    { weight: 1, arbitrary: fc.jsonValue() },
  );
}

/** A copy of a body in which up to four members, at any depth, are replaced, added or removed. */
export function mutated(body: unknown, known: readonly unknown[]): fc.Arbitrary<unknown> {
  const mutation = fc.record({
    where: fc.nat(),
    kind: fc.constantFrom('replace', 'replace', 'replace', 'remove', 'add'),
    value: hostileValue(known),
  });
  return fc.array(mutation, { maxLength: 4 }).map((mutations) => {
    const copy: unknown = structuredClone(body);
    for (const { where, kind, value } of mutations) {
      const places = placesIn(copy);
      const place = places[where % Math.max(places.length, 1)];
      if (place === undefined) continue;
      if (kind === 'remove') delete place.parent[place.key];
      else
        place.parent[kind === 'add' ? `${String(value).slice(0, 20)}` : place.key] = structuredClone(value);
    }
    return copy;
  });
}

interface Place {
  readonly parent: Record<string, unknown>;
  readonly key: string;
}

function placesIn(value: unknown): Place[] {
  if (typeof value !== 'object' || value === null) return [];
  const parent = value as Record<string, unknown>;
  return Object.keys(parent).flatMap((key) => [{ parent, key }, ...placesIn(parent[key])]);
}
