import { brokerPage } from './broker-page.ts';
import { embeddedNeutronPage } from './embedded-neutron-page.ts';
import { netlinkPage } from './netlink-page.ts';
import { openflowPage } from './openflow-page.ts';
import { openstackPage } from './openstack-page.ts';
import { ovsdbPage } from './ovsdb-page.ts';
import { programsPage } from './programs-page.ts';

/** The generated pages about errors, by their paths in the repository. */
export const errorPages: Readonly<Record<string, string>> = {
  'docs/errors.md': programsPage,
  'packages/credential-broker/docs/errors.md': brokerPage,
  'packages/embedded-neutron/docs/errors.md': embeddedNeutronPage,
  'packages/netlink/docs/errors.md': netlinkPage,
  'packages/openflow/docs/errors.md': openflowPage,
  'packages/openstack/docs/errors.md': openstackPage,
  'packages/ovsdb/docs/errors.md': ovsdbPage,
};
