import { flag, type OptionValues, parsedOption, textOption } from './options.ts';

/** The options before the command. */
export const globalOptions = {
  host: parsedOption<string[]>(
    '-H, --host <url>',
    'VM whose agent and Docker to use, such as ssh://USER@ADDRESS; default: as docker chooses it, else this VM',
    (host, before = []) => [...before, host],
  ),
  context: textOption('-c, --context <name>', 'Docker context that names the VM, instead of --host'),
  cred: textOption('--cred <token>', 'Keystone token (visible in ps: prefer OS_TOKEN or --cred-file)'),
  credFile: textOption('--cred-file <file>', 'file that holds a Keystone token'),
  osCloud: textOption('--os-cloud <name>', 'cloud in clouds.yaml'),
  authUrl: textOption('--auth-url <url>', 'Keystone, such as https://cloud.example:5000/v3'),
  vifId: textOption('--vif-id <id>', "Neutron's id of this VM's own port"),
  network: textOption('--network <network>', 'network for `run` and `doctor`, by name or id'),
  securityGroup: parsedOption<string[]>(
    '--security-group <group>',
    'security group for `run`, by name or id, instead of the default one; may be repeated',
    (group, before = []) => [...before, group],
  ),
  config: textOption('--config <file>', 'configuration (default /etc/ovn-docker/config.yaml)'),
  debug: flag('--debug', 'show stack traces'),
};

export type GlobalOptions = OptionValues<typeof globalOptions>;
