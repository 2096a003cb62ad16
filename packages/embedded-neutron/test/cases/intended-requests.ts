import { isDeepStrictEqual } from 'node:util';
import type { Answers, CaseAnswer } from './case.ts';
import { reasons } from './reasons.ts';
import { type Shape, without } from './shape.ts';

/** Generated requests whose answers differ on purpose. */
interface IntendedRule {
  /** A row of the table in the README, word by word. */
  readonly why: string;
  applies(answers: Answers): boolean;
}

/** Attributes of features that embedded-neutron lacks. */
const ABSENT = [
  'subnetpool_id',
  'prefixlen',
  'use_default_subnetpool',
  'qos_policy_id',
  'remote_address_group_id',
];
const REFUSED = ['extra_dhcp_opts', 'segment_id', 'service_types', 'segments'];
/** Quotas of resources that embedded-neutron lacks. */
const QUOTAS = ['router', 'floatingip', 'subnetpool', 'rbac_policy', 'address_group', 'conntrack_helper'];
const CANONICAL = ['mac_address', 'cidr', 'remote_ip_prefix', 'normalized_cidr', 'ip_address', 'gateway_ip'];

/**
 * The intended differences between the answers to generated requests. The first that applies is the reason.
 */
export const rules: readonly IntendedRule[] = [
  {
    why: reasons.profile,
    applies: ({ request, real, ours }) =>
      mentions(request, ['binding:profile']) ||
      (request.as !== 'admin' && sameBut(ours, real, (shape) => without(shape, 'binding:profile'))),
  },
  {
    why: reasons.ruleNumber,
    applies: ({ real, ours }) => sameBut(real, ours, (shape) => without(shape, 'standard_attr_id')),
  },
  {
    why: reasons.tags,
    applies: ({ request, real }) =>
      request.ask.startsWith('POST ') &&
      mentions(request, ['tags']) &&
      (real.status === 201 || real.message?.includes("'tags'") === true),
  },
  {
    why: reasons.canonical,
    applies: ({ real, ours }) =>
      real.status === ours.status &&
      real.type === ours.type &&
      isDeepStrictEqual(real.shape, ours.shape) &&
      isDeepStrictEqual(withoutKeys(real.shown), withoutKeys(ours.shown)),
  },
  {
    why: reasons.multicast,
    applies: ({ request, ours }) =>
      ours.status === 400 && /"mac_address":"[\da-f][13579bdf]/i.test(JSON.stringify(request.body)),
  },
  {
    why: reasons.bulkTrunks,
    applies: ({ request, real }) =>
      request.ask === 'POST trunks' && mentions(request, ['trunks']) && real.status === 400,
  },
  {
    why: reasons.letterCase,
    applies: ({ request, real, ours }) =>
      request.ask.startsWith('GET ') &&
      real.status === 200 &&
      ours.status === 200 &&
      /[?&](name|description)=/.test(request.ask),
  },
  {
    why: reasons.hiddenFilters,
    applies: ({ request, real, ours }) =>
      request.ask.startsWith('GET ') &&
      request.as !== 'admin' &&
      real.status === 200 &&
      ours.status === 200 &&
      /[?&](provider%3A|binding%3Ahost_id)/.test(request.ask),
  },
  {
    why: reasons.normalizedCidr,
    applies: ({ request, ours }) => ours.status === 200 && /[?&]normalized_cidr=/.test(request.ask),
  },
  {
    why: reasons.method,
    applies: ({ request, ours }) =>
      /^(PUT|PATCH|DELETE) [a-z-]+(\.json)?$/.test(request.ask) && ours.status === 405,
  },
  {
    why: reasons.keys,
    applies: ({ real, ours }) => isSame(settled(real), settled(ours)),
  },
  {
    why: reasons.bodyFirst,
    applies: ({ request, real, ours }) =>
      request.ask.startsWith('PUT ') && ours.status === 400 && real.message?.includes('if-match') === true,
  },
  {
    why: reasons.queryFaults,
    applies: ({ request, real, ours }) =>
      request.ask.startsWith('GET ') && real.status === 400 && ours.status === 400,
  },
  {
    why: reasons.head,
    applies: ({ request, real }) => request.ask.startsWith('HEAD ') && real.status === 405,
  },
  {
    why: reasons.ruleProject,
    applies: ({ request, real, ours }) =>
      request.ask === 'POST security-group-rules' &&
      request.as === 'admin' &&
      mentions(request, ['project_id', 'tenant_id']) &&
      isDeepStrictEqual(real.shape, ours.shape),
  },
  {
    why: reasons.segment,
    applies: ({ request, ours }) =>
      request.ask.startsWith('PUT networks/') &&
      mentions(request, ['provider:segmentation_id']) &&
      ours.status === 400,
  },
  {
    why: reasons.subnetParts,
    applies: ({ request, ours }) => ours.status === 400 && mentions(request, REFUSED),
  },
  { why: reasons.noOthers, applies: ({ request }) => mentions(request, ABSENT) },
  {
    why: reasons.noOthers,
    applies: ({ request, real, ours }) =>
      request.ask.includes(' quotas/') && sameBut(real, ours, (shape) => QUOTAS.reduce(without, shape)),
  },
  {
    why: reasons.noOthers,
    applies: ({ request, ours }) =>
      request.ask.includes(' quotas/') && mentions(request, QUOTAS) && ours.status === 400,
  },
  {
    why: reasons.foreignSubport,
    applies: ({ request, ours }) => request.ask.includes('trunks') && ours.status === 404,
  },
  {
    why: reasons.slaacBulk,
    applies: ({ request, real, ours }) =>
      request.ask === 'POST ports' &&
      mentions(request, ['ports']) &&
      real.status === 500 &&
      ours.status === 201,
  },
  {
    why: reasons.noGroups,
    applies: ({ request }) =>
      /\/(groups|nosuch)/.test(request.ask) || mentions(request, ['options', 'parent_id', 'is_domain']),
  },
  {
    why: reasons.readOnlyCatalog,
    applies: ({ request, ours }) =>
      / \/v3\/(services|endpoints|regions)/.test(request.ask) && ours.status === 403,
  },
  {
    why: reasons.unknownInCredential,
    applies: ({ request, ours }) => request.ask.includes('/application_credentials') && ours.status === 400,
  },
  {
    why: reasons.login,
    applies: ({ request, ours }) => request.ask === 'POST /v3/auth/tokens' && ours.status === 401,
  },
];

/** Whether the body or the query of a request contains one of the names. */
function mentions({ ask, body }: Answers['request'], names: readonly string[]): boolean {
  const text = JSON.stringify(body ?? null);
  return names.some((name) => text.includes(`"${name}":`) || new RegExp(`[?&]${name}=`).test(ask));
}

/** Keys that depend on the call or on the user in Neutron. */
const UNSETTLED = [
  'binding:profile',
  'standard_attr_id',
  'dns_domain',
  'vlan_transparent',
  'segment_id',
  'mac_address',
  'description',
  'is_default',
];

/** A successful answer without the keys that depend on the call. */
function settled({ message: _, ...answer }: CaseAnswer): CaseAnswer {
  const { shape } = answer;
  if (answer.status >= 300 || shape === undefined) return answer;
  return { ...answer, shape: UNSETTLED.reduce(without, shape) };
}

const isSame = (one: CaseAnswer, other: CaseAnswer): boolean => isDeepStrictEqual(one, other);

/** Whether two answers are the same when the shape of the first one is changed. */
function sameBut(one: CaseAnswer, other: CaseAnswer, change: (shape: Shape) => Shape): boolean {
  const { message: _, shape: oneShape, ...oneRest } = one;
  const { message: __, shape: otherShape, ...otherRest } = other;
  if (oneShape === undefined || otherShape === undefined || !isDeepStrictEqual(oneRest, otherRest))
    return false;
  return isDeepStrictEqual(change(oneShape), otherShape);
}

/** Shown attributes without those that have several notations. */
function withoutKeys(shown: unknown): unknown {
  if (typeof shown !== 'object' || shown === null || Array.isArray(shown)) return shown;
  return Object.fromEntries(Object.entries(shown).filter(([name]) => !CANONICAL.includes(name)));
}
