import type { CaseAnswer } from './case.ts';
import { reasons } from './reasons.ts';

/** An answer of embedded-neutron that differs from Neutron's on purpose. */
export interface IntendedAnswer {
  /** A row of the table in the README, word by word. */
  readonly why: string;
  readonly answer: CaseAnswer;
}

/** The intended differences, by table and title of the case. */
export const intended: Readonly<Record<string, Readonly<Record<string, IntendedAnswer>>>> = {
  networks: {
    local: {
      why: reasons.local,
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
      why: reasons.method,
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
      why: reasons.canonical,
      answer: { status: 201, shown: { cidr: '::ffff:a03:0/120' } },
    },
  },
  ports: {
    'tags ["a","b"]': { why: reasons.tags, answer: { status: 201, shown: { tags: ['a', 'b'] } } },
    'mac_address "FA:16:3E:10:00:01"': {
      why: reasons.canonical,
      answer: { status: 201, shown: { mac_address: 'fa:16:3e:10:00:01' } },
    },
    'mac_address "fa-16-3e-10-00-02"': {
      why: reasons.canonical,
      answer: { status: 201, shown: { mac_address: 'fa:16:3e:10:00:02' } },
    },
    'mac_address "fa163e100003"': {
      why: reasons.canonical,
      answer: { status: 201, shown: { mac_address: 'fa:16:3e:10:00:03' } },
    },
    'mac_address "fa16.3e10.0004"': {
      why: reasons.canonical,
      answer: { status: 201, shown: { mac_address: 'fa:16:3e:10:00:04' } },
    },
    'mac_address "fa:16:3e:10:0:5"': {
      why: reasons.canonical,
      answer: { status: 201, shown: { mac_address: 'fa:16:3e:10:00:05' } },
    },
    'mac_address "01:00:5e:00:00:01"': {
      why: reasons.multicast,
      answer: {
        status: 400,
        type: 'HTTPBadRequest',
        message: "Invalid input for mac_address. Reason: '01:00:5e:00:00:01' is not a valid MAC address.",
      },
    },
    'allowed_address_pairs [{"ip_address":"FD00::0/64","mac_address":"fa:16:3e:60:00:01"}]': {
      why: reasons.canonical,
      answer: {
        status: 201,
        shown: { allowed_address_pairs: [{ mac_address: 'fa:16:3e:60:00:01', ip_address: 'fd00::/64' }] },
      },
    },
    'a pair with a MAC in another form': {
      why: reasons.canonical,
      answer: {
        status: 201,
        shown: { allowed_address_pairs: [{ mac_address: 'fa:16:3e:60:00:04', ip_address: '10.61.0.1' }] },
      },
    },
  },
  'security-groups': {
    'protocol a "hopopt"': {
      why: reasons.hopopt,
      answer: {
        status: 409,
        type: 'SecurityGroupRuleExists',
        message: 'Security group rule already exists. Rule id is <id>.',
      },
    },
    'remote_ip_prefix IPv6 vrrp "::ffff:10.0.0.1"': {
      why: reasons.canonical,
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
      why: reasons.canonical,
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
      why: reasons.hiddenRule,
      answer: {
        status: 404,
        type: 'SecurityGroupRuleNotFound',
        message: 'Security group rule {rule} does not exist',
      },
    },
  },
  trunks: {
    'wrapped items': { why: reasons.bulkTrunks, answer: { status: 201, shown: [{ name: 'w' }] } },
  },
  lists: {
    'ports?network_id={net}&name=P1&sort_key=name&sort_dir=asc': {
      why: reasons.letterCase,
      answer: { status: 200, shown: [] },
    },
    'networks?name=l1&provider:network_type=geneve': {
      why: reasons.hiddenFilters,
      answer: { status: 200, shown: [] },
    },
    'security-group-rules?security_group_id={sg}&normalized_cidr=10.0.0.0/24&sort_key=protocol&sort_dir=asc':
      { why: reasons.normalizedCidr, answer: { status: 200, shown: [{ protocol: 'tcp' }] } },
    'tags in the POST of a network': { why: reasons.tags, answer: { status: 201 } },
    'tags in the POST of a group': { why: reasons.tags, answer: { status: 201 } },
  },
};
