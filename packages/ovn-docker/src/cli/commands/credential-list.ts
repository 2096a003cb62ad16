import { defineCommand } from '../command.ts';
import { readUse } from '../credential/description.ts';
import { flag } from '../options.ts';
import { table } from '../output/table.ts';
import { openCallersCloud } from '../settings.ts';

export const credentialList = defineCommand({
  name: 'credential list',
  summary: 'list the application credentials that `credential create` made for you',
  needsRoot: false,
  options: { json: flag('--json', 'print JSON') },

  async action(settings, { json }) {
    const { explained } = await import('../../clients/neutron/refusals.ts');
    const { ApplicationCredentials } = await import('@ovn-docker/openstack');
    using cloud = await openCallersCloud(settings);
    const all = await explained(new ApplicationCredentials(cloud.session).all());
    const views = all.flatMap(({ id, name, description, expires_at, access_rules }) => {
      const use = readUse(description);
      return use ? [{ id, name, expires_at, rules: access_rules?.length ?? 0, port: use.vifId }] : [];
    });
    if (json) {
      process.stdout.write(`${JSON.stringify(views)}\n`);
      return;
    }
    const rows = views.map(({ id, name, expires_at, rules, port }) => [
      id,
      name,
      expires_at ?? 'never',
      String(rules),
      port,
    ]);
    process.stdout.write(table(['ID', 'NAME', 'EXPIRES', 'RULES', 'PORT'], rows));
  },
});
