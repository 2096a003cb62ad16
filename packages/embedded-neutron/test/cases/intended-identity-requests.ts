import { type IntendedRule, mentions, sameBut, says } from './intended-rule.ts';
import { reasons } from './reasons.ts';

/** Attributes and resource options that embedded-neutron lacks. */
const LACKING = /options|parent_id|is_domain|hierarchy|Create a domain by POST|roles of a domain|federation/;

/** The intended differences between the answers to generated requests to Keystone. */
export const identityRules: readonly IntendedRule[] = [
  {
    why: reasons.links,
    applies: ({ request, real }) =>
      mentions(request, ['links']) && says(real, /does not support item assignment|indices must be integers/),
  },
  {
    why: reasons.oneErrorForm,
    applies: ({ request, real, ours }) =>
      request.ask.includes(' /v3/') &&
      [404, 405].includes(real.status) &&
      real.status === ours.status &&
      real.type === undefined &&
      ours.type !== undefined,
  },
  {
    why: reasons.noExtra,
    applies: ({ request, real, ours }) =>
      request.ask.startsWith('PATCH /v3/') && real.status === 200 && sameBut('extra', real, ours),
  },
  {
    why: reasons.hiddenRole,
    applies: ({ request, real, ours }) =>
      request.as !== 'admin' &&
      /\/(roles|domains)\//.test(request.ask) &&
      real.status === 404 &&
      (real.type === undefined || says(real, /Could not find (role|domain)/)) &&
      ours.status === 403,
  },
  {
    why: reasons.noGroups,
    applies: ({ request, real, ours }) =>
      / \/v3\/(groups|users\/[^/]+\/groups)/.test(request.ask) &&
      (request.ask.startsWith('GET ') ? ours.status === real.status : ours.status === 403),
  },
  {
    why: reasons.noGroups,
    applies: ({ request, real, ours }) =>
      mentions(request, ['options', 'parent_id', 'is_domain']) &&
      (says(ours, LACKING) || (real.status === ours.status && sameBut(['options', 'immutable'], real, ours))),
  },
  {
    why: reasons.readOnlyCatalog,
    applies: ({ request, ours }) =>
      / \/v3\/(services|endpoints|regions)/.test(request.ask) && ours.status === 403,
  },
  {
    // The roles of Keystone's bootstrap cannot be changed.
    why: reasons.noGroups,
    applies: ({ request, real, ours }) =>
      request.ask.includes('/application_credentials') &&
      real.status < 300 &&
      sameBut('immutable', real, ours),
  },
  {
    why: reasons.unrestricted,
    applies: ({ request, real, ours }) =>
      request.ask.includes('/application_credentials') &&
      real.status < 300 &&
      sameBut(['immutable', 'unrestricted'], real, ours),
  },
  {
    why: reasons.unknownInCredential,
    applies: ({ request, ours }) =>
      request.ask.includes('/application_credentials') && says(ours, /Unrecognized key/),
  },
  {
    why: reasons.login,
    applies: ({ request, real, ours }) =>
      request.ask === 'POST /v3/auth/tokens' && real.status === 404 && ours.status === 401,
  },
];
