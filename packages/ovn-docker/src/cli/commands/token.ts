import { defineCommand } from '../command.ts';
import { flag } from '../options.ts';
import { openCallersCloud } from '../settings.ts';

/** Like `openstack token issue -f value -c id`. */
export const token = defineCommand({
  name: 'token',
  summary: 'print a Keystone token for your credential',
  needsRoot: false,
  options: { json: flag('--json', 'print JSON') },

  async action(settings, { json }) {
    const { explained } = await import('../../clients/neutron/refusals.ts');
    using cloud = await openCallersCloud(settings);
    const { id, expires_at, project } = await explained(cloud.session.token());
    const view = { id, expires_at, project: project?.name };
    process.stdout.write(json ? `${JSON.stringify(view)}\n` : `${id}\n`);
  },
});
