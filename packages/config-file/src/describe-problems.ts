import { z } from 'zod';
import { nearestKey } from './nearest-key.ts';

/** The problems of a configuration, one per line: what is wrong, where, and which key is meant. */
export function describeProblems(schema: z.ZodType, error: z.ZodError): string {
  const places = keyPlaces(z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }));
  const lines = error.issues.flatMap((issue) => {
    if (issue.code === 'unrecognized_keys') {
      return issue.keys.map(
        (key) => `there is no key ${[...issue.path, key].join('.')}${hintFor(key, places)}`,
      );
    }
    return `${issue.path.join('.') || 'the file'}: ${issue.message}`;
  });
  return lines.join('\n');
}

/** Every key of the schema with the places where it may be written. */
type KeyPlaces = ReadonlyMap<string, readonly string[]>;

function hintFor(key: string, places: KeyPlaces): string {
  const nearest = nearestKey(key, [...places.keys()]);
  return nearest === undefined ? '' : ` (did you mean ${places.get(nearest)?.join(' or ')}?)`;
}

function keyPlaces(root: unknown): KeyPlaces {
  const places = new Map<string, string[]>();
  const visit = (node: unknown, path: readonly string[]) => {
    const { properties = {}, additionalProperties, items } = (node ?? {}) as JsonSchema;
    for (const [key, value] of Object.entries(properties)) {
      places.set(key, [...(places.get(key) ?? []), [...path, key].join('.')]);
      visit(value, [...path, key]);
    }
    if (typeof additionalProperties === 'object') visit(additionalProperties, [...path, '*']);
    if (items !== undefined) visit(items, [...path, '*']);
  };
  visit(root, []);
  return places;
}

/** The parts of a JSON schema that contain other schemas. */
interface JsonSchema {
  readonly properties?: Readonly<Record<string, unknown>>;
  readonly additionalProperties?: unknown;
  readonly items?: unknown;
}
