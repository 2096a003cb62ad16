import { OvnDockerError } from '../../errors.ts';
import { defineCommand } from '../command.ts';
import { readUse } from '../credential/description.ts';
import { argument } from '../options.ts';
import { openCallersCloud } from '../settings.ts';

export const credentialDelete = defineCommand({
  name: 'credential delete',
  summary:
    'delete a credential that `credential create` made; the agent that uses it loses access to Neutron at once',
  needsRoot: false,
  arguments: { credential: argument('<id-or-name>') },

  async action(settings, { credential }) {
    const { explained } = await import('../../clients/neutron/refusals.ts');
    const { ApplicationCredentials } = await import('@ovn-docker/openstack');
    using cloud = await openCallersCloud(settings);
    const credentials = new ApplicationCredentials(cloud.session);
    const ours = (await explained(credentials.all())).filter(({ description }) => readUse(description));
    const found = ours.find(({ id }) => id === credential) ?? ours.find(({ name }) => name === credential);
    if (!found) {
      const message = `\`credential create\` made no credential with the id or name "${credential}" for you`;
      throw new OvnDockerError('E_USAGE', message, {
        hint: '`ovn-docker credential list` shows them; `openstack application credential delete` deletes any other',
      });
    }
    await explained(credentials.delete(found.id));
    process.stdout.write(`${found.name} ${found.id} deleted\n`);
  },
});
