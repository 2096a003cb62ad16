/** A limit of what one request may contain. */
interface Limit {
  readonly most: number;
  /** What is limited, for the README. */
  readonly what: string;
  /** The answer beyond the limit: the status, and the type of Neutron's error. */
  readonly answer: string;
}

const TOO_COMPLEX = '400 RequestTooComplex';

/**
 * The limits of every request that no operator needs to change; the configuration has the others. Without
 * them, one request could occupy the service for seconds. The README contains this table.
 */
export const limits = {
  url: { most: 16_384, what: 'characters of a URL', answer: '414 RequestUrlTooLong' },
  headerBytes: { most: 32_768, what: 'bytes of URL and headers', answer: '431 RequestHeadersTooLarge' },
  headers: { most: 100, what: 'headers', answer: '431 RequestHeadersTooLarge' },
  queryKeys: { most: 64, what: 'different keys of a query', answer: TOO_COMPLEX },
  queryValues: { most: 256, what: 'values of a key of a query', answer: TOO_COMPLEX },
  sortKeys: { most: 16, what: 'values of `sort_key` and of `sort_dir`', answer: TOO_COMPLEX },
  queryTags: { most: 100, what: 'tags in a filter by tags', answer: TOO_COMPLEX },
  body: { most: 1_048_576, what: 'bytes of a body', answer: '413 RequestBodyTooLarge' },
  identityBody: {
    most: 114_688,
    what: 'bytes of a body of the Identity API, as in Keystone',
    answer: '413',
  },
  nesting: { most: 32, what: 'lists and objects inside each other', answer: TOO_COMPLEX },
  // A trunk has up to 4,094 subports.
  items: {
    most: 4_096,
    what: 'items of a list in a body, so also of a bulk request',
    answer: TOO_COMPLEX,
  },
  members: { most: 256, what: 'members of an object in a body', answer: TOO_COMPLEX },
  page: {
    most: 1_000,
    what: 'items of a page of a list; a longer list has a link `next`',
    answer: 'a shorter page',
  },
  identityPage: {
    most: 10_000,
    what: 'items of a list of the Identity API; a longer list has a link `next`',
    answer: 'a shorter list with `truncated`',
  },
  tags: { most: 100, what: 'tags of a resource', answer: '400 InvalidInput or HTTPBadRequest' },
  pools: { most: 100, what: 'allocation pools of a subnet', answer: '400 HTTPBadRequest' },
  profile: {
    most: 4_095,
    what: 'characters of a `binding:profile` as JSON, as in Neutron',
    answer: '400 InvalidInput',
  },
} as const satisfies Record<string, Limit>;
