/**
 * The rows of the table "Intended differences" in the README, word by word, that explain answers to cases.
 */
export const reasons = {
  local: 'Networks of type local have the MTU of tenant networks, because OVN carries them in tunnels, too.',
  method: 'A PUT or DELETE of a collection gets 405.',
  tags: 'Tags in a POST are stored.',
  canonical: 'MAC addresses, prefixes and IPv4-mapped addresses are always shown in canonical form.',
  multicast: 'A port cannot have a multicast MAC address.',
  hopopt: 'The protocols ip, hopopt and 0 are the same.',
  hiddenRule: 'A hidden rule gets the same answer as an absent one.',
  bulkTrunks: 'Trunks can be created in bulk.',
  letterCase: 'Names in filters are compared exactly.',
  hiddenFilters: 'Members cannot filter by attributes that they do not see.',
  normalizedCidr: '`normalized_cidr` filters rules.',
  breakdown:
    'A request that makes Neutron fail (500) is refused or carried out: a quota that is no object, `tags` with `tags-any`.',
  ruleNumber: 'Rules have no `standard_attr_id`.',
  profile:
    'Tenants may write and see `binding:profile`. Parent and tag are checked (404 PortNotFound, 409 ParentTagInUse, ' +
    'ParentPortNested, PortIsParent, PortInUseByTrunk). Tags are 1 to 4094.',
  foreignSubport: 'A port of another tenant is not found as a subport, even by the owner of its network.',
  hypervisor: "A port's hypervisor is the one on which its VIF is plugged.",
  keys: 'Ports and their trunks, networks and rules have the same keys in every answer.',
  head: 'A HEAD is answered like a GET.',
  ruleProject: 'A rule belongs to the project of its group.',
  segment: 'The segmentation id of a network cannot be changed (400).',
  subnetParts: 'Extra DHCP options, segments and service types of subnets are refused.',
  slaacBulk: 'Bulk creation on a network with SLAAC works.',
  noOthers: 'There are no routers, floating IPs, subnet pools, RBAC, QoS and address groups.',
  noGroups:
    'There are no groups: lists are empty, and creating one is refused (403). There are no inherited assignments, ' +
    'nested projects, roles of a domain, resource options, trusts, federation, EC2 credentials and limits.',
  readOnlyCatalog: 'Services, endpoints and regions cannot be changed (403).',
  unknownInCredential: 'An unknown attribute of an application credential is refused (400).',
  oneErrorForm: 'Every error of the Identity API has the form `{error: …}`.',
  noExtra: 'Answers of the Identity API have no `extra`.',
  links: 'The attribute `links` of a request to the Identity API is ignored.',
  unrestricted: '`unrestricted` of an application credential is true or false.',
  hiddenRole: 'Members do not learn which roles and domains exist (403).',
  login: 'A login never says whether its user exists (401).',
} as const;
