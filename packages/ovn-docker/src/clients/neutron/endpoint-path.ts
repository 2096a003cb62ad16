import type { Session } from '@ovn-docker/openstack';

/**
 * The path of Neutron's URL in the catalog without the version, such as `/networking`; usually empty.
 * @throws the errors of the OpenStack client
 */
export async function endpointPathOf(session: Session): Promise<string> {
  const { pathname } = new URL(await session.endpoint('network'));
  return pathname.replace(/\/(v2\.0\/?)?$/, '');
}
