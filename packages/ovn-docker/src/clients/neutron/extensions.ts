import { type Extension, type Neutron, OpenStackError } from '@ovn-docker/openstack';

type Alias = Pick<Extension, 'alias'>;

/**
 * Neutron's extensions. Some clouds answer 404 to the list, and access rules may forbid it: then the trunks
 * show whether there is the extension `trunk`, and the others count as missing.
 * @throws the error of the OpenStack client if Neutron cannot be asked
 */
export async function readExtensions(neutron: Neutron): Promise<readonly Alias[]> {
  try {
    return await neutron.extensions();
  } catch (error) {
    if (!isHidden(error)) throw error;
    return (await hasTrunks(neutron)) ? [{ alias: 'trunk' }] : [];
  }
}

async function hasTrunks(neutron: Neutron): Promise<boolean> {
  try {
    // Only the first page matters.
    for await (const _ of neutron.trunks.list({ limit: 1, fields: ['id'] })) break;
    return true;
  } catch (error) {
    if (isHidden(error)) return false;
    throw error;
  }
}

/** Whether Neutron hides a resource from this credential, or does not have it. */
function isHidden(error: unknown): boolean {
  if (!(error instanceof OpenStackError)) return false;
  return error.status === 404 || error.status === 403 || error.code === 'OPENSTACK_ACCESS_RULES';
}
