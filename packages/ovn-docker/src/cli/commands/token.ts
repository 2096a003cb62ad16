import { explained } from '../../clients/neutron/refusals.ts';
import { openCallersCloud, type Settings } from '../settings.ts';

/** `ovn-docker token`: a Keystone token for the caller's credential, like `openstack token issue -f value -c id`. */
export async function token(settings: Settings, options: { json?: boolean }): Promise<void> {
  using cloud = await openCallersCloud(settings);
  const { id, expires_at, project } = await explained(cloud.session.token());
  const view = { id, expires_at, project: project?.name };
  process.stdout.write(options.json ? `${JSON.stringify(view)}\n` : `${id}\n`);
}
