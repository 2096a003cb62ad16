/**
 * The form of a JSON value: the name of a type, the shapes of an object's values, or those of a list's items.
 */
export type Shape = string | readonly Shape[] | { readonly [name: string]: Shape };

/** Returns the keys and types of a JSON value. A list has each shape of its items once. */
export function shapeOf(value: unknown): Shape {
  if (value === null) return 'null';
  if (Array.isArray(value)) {
    return shapeOfList(value.map(shapeOf));
  }
  if (typeof value !== 'object') return typeof value;
  const entries = Object.entries(value).map(([name, inner]): [string, Shape] => [name, shapeOf(inner)]);
  return Object.fromEntries(entries.toSorted(([a], [b]) => (a < b ? -1 : 1)));
}

/** The shape of a list: each shape of its items once, in an order of their own. */
export function shapeOfList(shapes: readonly Shape[]): readonly Shape[] {
  const texts = new Set(shapes.map((shape) => JSON.stringify(shape)));
  return [...texts].toSorted().map((text) => JSON.parse(text) as Shape);
}

/** A shape without a key, at any depth. */
export function without(shape: Shape, key: string): Shape {
  if (typeof shape === 'string') return shape;
  if (isList(shape)) return shapeOfList(shape.map((inner) => without(inner, key)));
  const entries = Object.entries(shape).filter(([name]) => name !== key);
  return Object.fromEntries(entries.map(([name, inner]) => [name, without(inner, key)]));
}

/** `Array.isArray` does not narrow a readonly list. */
const isList = (shape: Shape): shape is readonly Shape[] => Array.isArray(shape);
