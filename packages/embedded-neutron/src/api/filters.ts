import type { Parse } from '../attributes/parse.ts';
import { bool, integer } from '../attributes/validators.ts';
import type { Backend } from '../backend.ts';
import { neutronError } from '../errors.ts';
import { limits } from '../limits.ts';

/** An item as the API returns it. */
type Wire = Readonly<Record<string, unknown>>;

/**
 * Reads the values of a filter in a query, and returns whether an item matches one of them.
 *
 * @throws NeutronError if a value is none that the attribute can have
 */
export type Filter = (values: readonly string[], name: string, backend: Backend) => (item: Wire) => boolean;

const unchanged: Parse<unknown> = (value) => value;

/** Compares an attribute with the values, or each item of an attribute that is a list. */
export const equals =
  (parse: Parse<unknown> = unchanged): Filter =>
  (values, name) => {
    const wanted = new Set(values.map(parse));
    return (item) => {
      const actual = item[name];
      return Array.isArray(actual) ? actual.some((each) => wanted.has(each)) : wanted.has(actual);
    };
  };

/** {@link equals} for texts. */
export const isText: Filter = equals();

/** {@link equals} for texts of which case does not matter. */
export const isWord: Filter = (values, name) => {
  const wanted = new Set(values.map((value) => value.toLowerCase()));
  return (item) => wanted.has(String(item[name]).toLowerCase());
};

/** {@link equals} for booleans. */
export const isBool: Filter = equals(bool);

/** {@link equals} for integers. */
export const isInteger: Filter = equals(integer);

/** Compares a number with the values as texts; what is no number matches none. */
const isNumeral: Filter = (values, name) => {
  const wanted = new Set(values);
  return (item) => wanted.has(String(item[name]));
};

/** For an attribute that no item has: nothing matches. */
export const isAbsent: Filter = () => () => false;

/** Filters that every list has. */
export const standardFilters: Readonly<Record<string, Filter>> = {
  id: isText,
  tenant_id: isText,
  project_id: isText,
  description: isText,
  // Neutron's database compares what is no number with every number, too.
  revision_number: isNumeral,
};

const tagsOf = (item: Wire): readonly unknown[] => (Array.isArray(item['tags']) ? item['tags'] : []);
const all = (item: Wire, tags: readonly string[]) => tags.every((tag) => tagsOf(item).includes(tag));
const any = (item: Wire, tags: readonly string[]) => tags.some((tag) => tagsOf(item).includes(tag));

/** A filter by the tags that the values contain, with commas between them. */
const byTags =
  (test: (item: Wire, tags: readonly string[]) => boolean): Filter =>
  (values) => {
    const listed = values.flatMap((value) => value.split(','));
    const { most } = limits.queryTags;
    if (listed.length > most) {
      throw neutronError('RequestTooComplex', `a filter by tags has more than ${most} tags`);
    }
    return (item) => test(item, listed);
  };

/** Filters by tag (extension `standard-attr-tag`); a value contains tags with commas between them. */
export const tagFilters: Readonly<Record<string, Filter>> = {
  tags: byTags(all),
  'tags-any': byTags(any),
  'not-tags': byTags((item, tags) => !all(item, tags)),
  'not-tags-any': byTags((item, tags) => !any(item, tags)),
};
