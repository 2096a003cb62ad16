import { isDeepStrictEqual } from 'node:util';
import { canonical, versionOf } from '../../src/addresses/addresses.ts';
import { readMac } from '../../src/addresses/mac.ts';
import { cidrText, readCidr } from '../../src/addresses/notations.ts';
import type { Answers, CaseAnswer } from './case.ts';
import { identityRules } from './intended-identity-requests.ts';
import { type IntendedRule, mentions, sameBut, says } from './intended-rule.ts';
import { reasons } from './reasons.ts';

/** Attributes of features that embedded-neutron lacks. */
const REFUSED = ['extra_dhcp_opts', 'segment_id', 'service_types', 'segments'];
/** Quotas of resources that embedded-neutron lacks. */
const QUOTAS = ['router', 'floatingip', 'subnetpool', 'rbac_policy', 'address_group', 'conntrack_helper'];
/** What embedded-neutron reports about the parent and the tag in a profile. */
const PROFILE_ERRORS = [
  'PortNotFound',
  'ParentTagInUse',
  'ParentPortNested',
  'PortIsParent',
  'PortInUseByTrunk',
  'InvalidInput',
];

/**
 * The intended differences between the answers to generated requests. The first that applies is the reason.
 * Differences between keys are already removed from the answers.
 */
export const rules: readonly IntendedRule[] = [
  {
    why: reasons.profile,
    applies: ({ request, real, ours }) =>
      mentions(request, ['binding:profile']) &&
      (request.as === 'admin'
        ? real.status < 300 && PROFILE_ERRORS.includes(ours.type ?? '')
        : real.type === 'PolicyNotAuthorized' && says(real, /:binding:profile/) && ours.status < 500),
  },
  {
    why: reasons.tags,
    applies: ({ request, real, ours }) =>
      request.ask.startsWith('POST ') &&
      mentions(request, ['tags']) &&
      (says(real, /Attribute 'tags' not allowed in POST/)
        ? ours.status < 500
        : real.status === 201 && ours.status === 201 && sameBut('tags', real, ours)),
  },
  {
    why: reasons.canonical,
    applies: ({ real, ours }) =>
      real.status === ours.status &&
      real.type === ours.type &&
      isDeepStrictEqual(real.shape, ours.shape) &&
      isDeepStrictEqual(canonicalValues(real.shown), ours.shown),
  },
  {
    why: reasons.multicast,
    applies: ({ request, ours }) =>
      says(ours, /is not a valid MAC address/) &&
      /"mac_address":"[\da-f][13579bdf]/i.test(JSON.stringify(request.body)),
  },
  {
    why: reasons.bulkTrunks,
    applies: ({ request, real, ours }) =>
      request.ask === 'POST trunks' && says(real, /Bulk operation not supported/) && ours.status < 500,
  },
  {
    why: reasons.letterCase,
    applies: ({ request, real, ours }) => {
      const added = addedItems(request, real, ours);
      return added?.every((item) => differsInCase(request, item)) === true;
    },
  },
  {
    why: reasons.hiddenFilters,
    applies: ({ request, real, ours }) =>
      request.as !== 'admin' &&
      /[?&](provider%3A|binding%3A(host_id|vif_))/.test(request.ask) &&
      addedItems(request, real, ours) !== undefined &&
      isDeepStrictEqual(ours.shown, []),
  },
  {
    why: reasons.normalizedCidr,
    applies: ({ request, real, ours }) =>
      /[?&]normalized_cidr=/.test(request.ask) && addedItems(request, real, ours) !== undefined,
  },
  {
    why: reasons.method,
    applies: ({ request, real, ours }) =>
      /^(PUT|DELETE) [a-z-]+(\.json)?$/.test(request.ask) &&
      ours.status === 405 &&
      (real.status === 400 || says(real, / None (could not be found|does not exist)/)),
  },
  {
    why: reasons.head,
    applies: ({ request, real, ours }) =>
      request.ask.startsWith('HEAD ') && real.status === 405 && [200, 400, 404].includes(ours.status),
  },
  {
    why: reasons.hiddenRule,
    applies: ({ request, real, ours }) =>
      request.as === 'bob' &&
      / security-group-rules\/\{rule\}/.test(request.ask) &&
      real.type === 'HTTPNotFound' &&
      ours.type === 'SecurityGroupRuleNotFound',
  },
  {
    why: reasons.ruleProject,
    applies: ({ request, real, ours }) =>
      request.ask === 'POST security-group-rules' &&
      request.as === 'admin' &&
      mentions(request, ['project_id', 'tenant_id']) &&
      real.status === 201 &&
      ours.status === 201 &&
      isDeepStrictEqual(real.shape, ours.shape),
  },
  {
    why: reasons.segment,
    applies: ({ request, real, ours }) =>
      request.ask.startsWith('PUT networks/') &&
      mentions(request, ['provider:segmentation_id']) &&
      real.status === 200 &&
      ours.type === 'InvalidInput',
  },
  {
    why: reasons.subnetParts,
    applies: ({ request, ours }) =>
      mentions(request, REFUSED) && says(ours, /not available|Unrecognized attribute\(s\) 'segments'/),
  },
  {
    why: reasons.noOthers,
    applies: ({ ours }) =>
      ['SubnetPoolNotFound', 'AddressGroupNotFound'].includes(ours.type ?? '') ||
      says(ours, /QoS policies are not available|Unrecognized attribute\(s\) '.*use_default_subnetpool/),
  },
  {
    why: reasons.noOthers,
    applies: ({ request, real, ours }) =>
      request.ask.includes(' quotas/') && real.status === 200 && sameBut(QUOTAS, real, ours),
  },
  {
    why: reasons.noOthers,
    applies: ({ request, ours }) =>
      request.ask.includes(' quotas/') &&
      says(ours, new RegExp(`Unrecognized attribute\\(s\\) '.*(${QUOTAS.join('|')})`)),
  },
  {
    why: reasons.foreignSubport,
    applies: ({ request, real, ours }) =>
      / trunks(\/.*add_subports)?$/.test(request.ask) && real.status < 300 && ours.type === 'PortNotFound',
  },
  {
    why: reasons.hypervisor,
    applies: ({ request, real, ours }) =>
      request.as === 'admin' &&
      mentions(request, ['binding:host_id']) &&
      real.status < 300 &&
      sameBut('binding:vif_details', real, ours),
  },
  {
    why: reasons.slaacBulk,
    applies: ({ request, real, ours }) =>
      request.ask === 'POST ports' &&
      mentions(request, ['ports']) &&
      real.status === 500 &&
      ours.status === 201,
  },
  ...identityRules,
];

/**
 * The items of Neutron's list that ours lacks. Undefined if there are none, if our list has others, or if the
 * answers are no lists.
 */
function addedItems(
  { ask }: Answers['request'],
  real: CaseAnswer,
  ours: CaseAnswer,
): readonly unknown[] | undefined {
  if (!ask.startsWith('GET ') || !Array.isArray(real.shown) || !Array.isArray(ours.shown)) return undefined;
  const left: unknown[] = [...real.shown];
  for (const item of ours.shown) {
    const index = left.findIndex((other) => isDeepStrictEqual(item, other));
    if (index < 0) return undefined;
    left.splice(index, 1);
  }
  return left.length > 0 ? left : undefined;
}

/** Whether an item matches the filters only if case, accents and spaces at the end do not count. */
function differsInCase({ ask }: Answers['request'], item: unknown): boolean {
  const query = new URLSearchParams(ask.split('?')[1]);
  // Objects of the scene with a description have this one.
  const values = { description: '{scene}', name: '', ...(item as { readonly name?: string }) };
  return (['name', 'description'] as const).some((key) => {
    const wanted = query.getAll(key);
    return !wanted.includes(values[key]) && wanted.some((each) => folded(each) === folded(values[key]));
  });
}

const folded = (text: string): string =>
  text.normalize('NFD').replaceAll(/\p{M}/gu, '').toLowerCase().trimEnd();

/** Shown addresses in canonical form. */
function canonicalValues(shown: unknown): unknown {
  if (typeof shown !== 'object' || shown === null || Array.isArray(shown)) return shown;
  return Object.fromEntries(
    Object.entries(shown).map(([name, value]) => [
      name,
      typeof value === 'string' ? canonicalText(value) : value,
    ]),
  );
}

function canonicalText(text: string): string {
  const cidr = text.includes('/') ? readCidr(text) : undefined;
  if (cidr !== undefined) return cidrText(cidr);
  return versionOf(text) === undefined ? (readMac(text) ?? text) : canonical(text);
}
