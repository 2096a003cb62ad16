import { OvnDockerError } from '../../errors.ts';
import { defineCommand } from '../command.ts';
import { parseExpiry } from '../credential/parse-expiry.ts';
import { choiceOption, flag, parsedOption, textOption } from '../options.ts';

const forms = ['clouds.yaml', 'cloud-init'] as const;
const modes = ['trunk', 'port-binding'] as const;

/**
 * Creates, outside the VM and with the tenant's own credential, the VM's trunk and an application credential
 * with which the VM's agent can do its work and little else.
 */
export const credentialCreate = defineCommand({
  name: 'credential create',
  summary: 'make a narrow application credential for the agent of one VM; run it outside the VM',
  needsRoot: false,
  options: {
    vm: textOption('--vm <vm>', "the VM's own port, by id or name, or the id of the server"),
    expires: parsedOption('--expires <when>', 'such as 90d, 12h or 2027-06-30; default: never', (text) =>
      parseExpiry(text),
    ),
    output: choiceOption('--output <form>', 'clouds.yaml (default) or user data for cloud-init', forms),
    file: textOption('--file <file>', 'write to this new file, readable by you only, instead of stdout'),
    name: textOption('--name <name>', 'name of the credential in Keystone'),
    networks: flag('--networks', 'let the agent also create and delete networks for Docker'),
    role: parsedOption<string[]>(
      '--role <role>',
      'role of the credential; may be repeated; default: member, if you have it, else all of yours',
      (role, before = []) => [...before, role],
    ),
    mode: choiceOption('--mode <mode>', 'the mode of the agent; default: as the agent detects it', modes),
  },

  validate(_settings, { vm }) {
    requireVm(vm);
  },

  async action(settings, input) {
    const { findCloudConfig, openCloud } = await import('../../clients/neutron/cloud.ts');
    const { createCredential } = await import('../credential/create-credential.ts');
    const config = await findCloudConfig(settings.sources);
    using cloud = openCloud(config);
    await createCredential(cloud, config, { ...input, vm: requireVm(input.vm) });
  },
});

/** @throws OvnDockerError `E_USAGE` */
function requireVm(vm: string | undefined): string {
  if (vm) return vm;
  throw new OvnDockerError('E_USAGE', 'the option --vm is missing', {
    hint: "name the VM's own port, or its server by id: `openstack port list` shows the ports",
  });
}
