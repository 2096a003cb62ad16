import { isDeepStrictEqual } from 'node:util';
import type { Answers } from './case.ts';
import { reasons } from './reasons.ts';
import { type Shape, shapeOfList } from './shape.ts';

/** Keys that embedded-neutron shows in every answer, and Neutron in some or in none; with their types. */
const OURS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  network: { is_default: 'boolean', vlan_transparent: 'boolean' },
  port: { dns_domain: 'string' },
  sub_port: { mac_address: 'string' },
};

/** What the name of a key says about the objects that it contains. */
const KINDS: Readonly<Record<string, string>> = {
  network: 'network',
  networks: 'network',
  port: 'port',
  ports: 'port',
  sub_ports: 'sub_port',
  security_group_rule: 'rule',
  security_group_rules: 'rule',
};

type Edit = (kind: string | undefined, name: string, value: Shape) => Shape | undefined;

interface KeyDifference {
  readonly why: string;
  /** Changes a key of an object in Neutron's answer; undefined removes it. */
  readonly real?: Edit;
  /** The same for our answer. */
  readonly ours?: (answers: Answers) => Edit;
}

/** The intended differences between the keys and types of successful answers. */
const differences: readonly KeyDifference[] = [
  {
    why: reasons.profile,
    ours: ({ request }) => {
      const isHidden = request.as !== 'admin';
      return (kind, name, value) =>
        isHidden && kind === 'port' && name === 'binding:profile' ? undefined : value;
    },
  },
  {
    why: reasons.ruleNumber,
    real: (kind, name, value) =>
      kind === 'rule' && name === 'standard_attr_id' && value === 'number' ? undefined : value,
  },
  {
    why: reasons.keys,
    // The rules with which a group begins have no description.
    real: (kind, name, value) =>
      kind === 'rule' && name === 'description' && value === 'null' ? 'string' : value,
    ours: () => (kind, name, value) => (OURS[kind ?? '']?.[name] === value ? undefined : value),
  },
];

/**
 * Returns the answers without the intended differences between their keys, and the reason of the first one.
 * Keys that both answers have stay in both.
 */
export function withoutKeyDifferences(answers: Answers): Answers & { readonly why?: string } {
  const { real, ours } = answers;
  if (real.status >= 300 || real.status !== ours.status) return answers;
  if (real.shape === undefined || ours.shape === undefined) return answers;
  let shapes = { real: real.shape, ours: ours.shape };
  let why: string | undefined;
  for (const difference of differences) {
    if (isDeepStrictEqual(shapes.real, shapes.ours)) break;
    const known = keysOf(shapes.real);
    const changed = {
      real: edited(shapes.real, undefined, difference.real ?? unchanged),
      ours: edited(shapes.ours, undefined, (kind, name, value) =>
        known.has(`${kind} ${name}`) ? value : (difference.ours ?? untouched)(answers)(kind, name, value),
      ),
    };
    if (!isDeepStrictEqual(changed, shapes)) why ??= difference.why;
    shapes = changed;
  }
  const settled = {
    ...answers,
    real: { ...real, shape: shapes.real },
    ours: { ...ours, shape: shapes.ours },
  };
  return why === undefined ? settled : { ...settled, why };
}

const unchanged: Edit = (_kind, _name, value) => value;
const untouched = () => unchanged;

/** The keys of all objects in a shape, each with the kind of its object. */
function keysOf(shape: Shape): ReadonlySet<string> {
  const keys = new Set<string>();
  edited(shape, undefined, (kind, name, value) => {
    keys.add(`${kind} ${name}`);
    return value;
  });
  return keys;
}

/** Edits the keys of all objects in a shape. */
function edited(shape: Shape, kind: string | undefined, edit: Edit): Shape {
  if (typeof shape === 'string') return shape;
  if (isList(shape)) return shapeOfList(shape.map((inner) => edited(inner, kind, edit)));
  const entries = Object.entries(shape).flatMap(([name, inner]): [string, Shape][] => {
    const value = edit(kind, name, inner);
    return value === undefined ? [] : [[name, edited(value, KINDS[name], edit)]];
  });
  return Object.fromEntries(entries);
}

const isList = (shape: Shape): shape is readonly Shape[] => Array.isArray(shape);
