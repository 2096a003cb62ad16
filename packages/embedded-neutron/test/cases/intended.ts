import { isDeepStrictEqual } from 'node:util';
import type { Answers, CaseAnswer } from './case.ts';
import { type Shape, without } from './shape.ts';

/** An answer of embedded-neutron that differs from Neutron's on purpose. */
export interface IntendedAnswer {
  /** A row of the table in the README, word by word. */
  readonly why: string;
  readonly answer: CaseAnswer;
}

/** Generated requests whose answers differ on purpose. */
export interface IntendedRule {
  /** A row of the table in the README, word by word. */
  readonly why: string;
  applies(answers: Answers): boolean;
}

const LOCAL =
  'Networks of type local have the MTU of tenant networks, because OVN carries them in tunnels, too.';
const METHOD = 'A PUT of a collection gets 405.';
const TAGS = 'Tags in a POST are stored.';
const MAC = 'MAC addresses, prefixes and IPv4-mapped addresses are always shown in canonical form.';
const GROUP = 'A port cannot have a multicast MAC address.';
const HOPOPT = 'The protocols ip, hopopt and 0 are the same.';
const HIDDEN = 'A hidden rule gets the same answer as an absent one.';
const BULK = 'Trunks can be created in bulk.';
const CASE = 'Names in filters are compared exactly.';
const SEEN = 'Members cannot filter by attributes that they do not see.';
const CIDR = '`normalized_cidr` filters rules.';

export const BREAKDOWN =
  'A request that makes Neutron fail (500) gets 400 or 405: a quota that is no object, a protocol that is a list.';
const NUMBER = 'Rules have no `standard_attr_id`.';

/** The intended differences between the answers to generated requests. The first that applies is the reason. */
export const rules: readonly IntendedRule[] = [
  {
    why: TAGS,
    applies: ({ request, real, ours }) =>
      request.ask.startsWith('POST ') &&
      JSON.stringify(request.body).includes('"tags"') &&
      ours.status === 201 &&
      (real.status === 201 || real.message?.includes("'tags'") === true),
  },
  {
    why: NUMBER,
    applies: ({ real, ours }) => sameBut(real, ours, (shape) => without(shape, 'standard_attr_id')),
  },
];

/** Whether two answers are the same when the shape of the real one is changed. */
function sameBut(real: CaseAnswer, ours: CaseAnswer, change: (shape: Shape) => Shape): boolean {
  const { message: _, shape: realShape, ...realRest } = real;
  const { message: __, shape: ourShape, ...ourRest } = ours;
  if (realShape === undefined || ourShape === undefined || !isDeepStrictEqual(realRest, ourRest))
    return false;
  return isDeepStrictEqual(change(realShape), ourShape);
}

/** The intended differences, by table and title of the case. */
export const intended: Readonly<Record<string, Readonly<Record<string, IntendedAnswer>>>> = {
  networks: {
    local: {
      why: LOCAL,
      answer: {
        status: 201,
        shown: {
          'provider:network_type': 'local',
          'provider:physical_network': null,
          'provider:segmentation_id': null,
          mtu: 1442,
        },
      },
    },
    'a PUT of the collection': {
      why: METHOD,
      answer: {
        status: 405,
        type: 'HTTPMethodNotAllowed',
        message:
          'The server could not comply with the request since it is either malformed or otherwise incorrect.',
      },
    },
  },
  subnets: {
    'IPv6 cidr "::ffff:10.3.0.0/120"': {
      why: MAC,
      answer: { status: 201, shown: { cidr: '::ffff:a03:0/120' } },
    },
  },
  ports: {
    'tags ["a","b"]': { why: TAGS, answer: { status: 201, shown: { tags: ['a', 'b'] } } },
    'mac_address "FA:16:3E:10:00:01"': {
      why: MAC,
      answer: { status: 201, shown: { mac_address: 'fa:16:3e:10:00:01' } },
    },
    'mac_address "fa-16-3e-10-00-02"': {
      why: MAC,
      answer: { status: 201, shown: { mac_address: 'fa:16:3e:10:00:02' } },
    },
    'mac_address "fa163e100003"': {
      why: MAC,
      answer: { status: 201, shown: { mac_address: 'fa:16:3e:10:00:03' } },
    },
    'mac_address "fa16.3e10.0004"': {
      why: MAC,
      answer: { status: 201, shown: { mac_address: 'fa:16:3e:10:00:04' } },
    },
    'mac_address "fa:16:3e:10:0:5"': {
      why: MAC,
      answer: { status: 201, shown: { mac_address: 'fa:16:3e:10:00:05' } },
    },
    'mac_address "01:00:5e:00:00:01"': {
      why: GROUP,
      answer: {
        status: 400,
        type: 'HTTPBadRequest',
        message: "Invalid input for mac_address. Reason: '01:00:5e:00:00:01' is not a valid MAC address.",
      },
    },
    'allowed_address_pairs [{"ip_address":"FD00::0/64","mac_address":"fa:16:3e:60:00:01"}]': {
      why: MAC,
      answer: {
        status: 201,
        shown: { allowed_address_pairs: [{ mac_address: 'fa:16:3e:60:00:01', ip_address: 'fd00::/64' }] },
      },
    },
    'a pair with a MAC in another form': {
      why: MAC,
      answer: {
        status: 201,
        shown: { allowed_address_pairs: [{ mac_address: 'fa:16:3e:60:00:04', ip_address: '10.61.0.1' }] },
      },
    },
  },
  'security-groups': {
    'protocol a "hopopt"': {
      why: HOPOPT,
      answer: {
        status: 409,
        type: 'SecurityGroupRuleExists',
        message: 'Security group rule already exists. Rule id is <id>.',
      },
    },
    'remote_ip_prefix IPv6 vrrp "::ffff:10.0.0.1"': {
      why: MAC,
      answer: {
        status: 201,
        shown: {
          protocol: 'vrrp',
          port_range_min: null,
          port_range_max: null,
          ethertype: 'IPv6',
          remote_ip_prefix: '::ffff:a00:1/128',
          normalized_cidr: '::ffff:a00:1/128',
        },
      },
    },
    'remote_ip_prefix IPv6 vrrp "::ffff:10.0.1.0/120"': {
      why: MAC,
      answer: {
        status: 201,
        shown: {
          protocol: 'vrrp',
          port_range_min: null,
          port_range_max: null,
          ethertype: 'IPv6',
          remote_ip_prefix: '::ffff:a00:100/120',
          normalized_cidr: '::ffff:a00:100/120',
        },
      },
    },
    'deletion of a rule of another project': {
      why: HIDDEN,
      answer: {
        status: 404,
        type: 'SecurityGroupRuleNotFound',
        message: 'Security group rule {rule} does not exist',
      },
    },
  },
  trunks: {
    'wrapped items': { why: BULK, answer: { status: 201, shown: [{ name: 'w' }] } },
  },
  lists: {
    'ports?network_id={net}&name=P1&sort_key=name&sort_dir=asc': {
      why: CASE,
      answer: { status: 200, shown: [] },
    },
    'networks?name=l1&provider:network_type=geneve': { why: SEEN, answer: { status: 200, shown: [] } },
    'security-group-rules?security_group_id={sg}&normalized_cidr=10.0.0.0/24&sort_key=protocol&sort_dir=asc':
      { why: CIDR, answer: { status: 200, shown: [{ protocol: 'tcp' }] } },
    'tags in the POST of a network': { why: TAGS, answer: { status: 201 } },
    'tags in the POST of a group': { why: TAGS, answer: { status: 201 } },
  },
};
