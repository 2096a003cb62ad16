import { Command } from 'commander';
import manifest from '../../package.json' with { type: 'json' };
import { loadConfig } from '../config.ts';
import { type CredentialOptions, createCredential } from './create-credential.ts';
import { type InviteOptions, invite } from './invite.ts';
import { list } from './list.ts';
import { revoke } from './revoke.ts';

const CONFIG = '/etc/ovn-docker-broker/config.yaml';
const config = ['--config <file>', 'YAML configuration', CONFIG] as const;

/** The command line of the broker. */
export function buildProgram(): Command {
  const program = new Command('ovn-docker-broker')
    .description("serve Neutron's API to VMs that hold no OpenStack credential")
    .version(manifest.version);

  program
    .command('serve')
    .description('serve VMs until SIGTERM or SIGINT')
    .option(...config)
    .action(async (options: { config: string }) => {
      const { serveUntilSignal } = await import('./serve-until-signal.ts');
      await serveUntilSignal(await loadConfig(options.config));
    });

  program
    .command('invite')
    .description('create a one-time token with which a VM joins, and print the command for it')
    .requiredOption('--vm <vif-id>', "id of the VM's own Neutron port")
    .option(
      '--networks <networks>',
      'ids or names of the networks for containers, with commas; by default all',
    )
    .option('--with-networks', 'let the VM create networks, and delete those that it created')
    .option('--max-ports <number>', 'quota of ports, instead of that of the configuration')
    .option(
      '--from <sources>',
      'addresses or CIDRs from which the VM comes, instead of the fixed IPs of its port',
    )
    .option('--expires <time>', 'how long the token can be used: 30m, 12h, 7d', '24h')
    .option('--replace', 'revoke the earlier invitations of the VM')
    .option('--json', 'print JSON')
    .option(...config)
    .action(async (options: InviteOptions & { config: string; json?: true }) => {
      const { invitation, token, caHash, command } = await invite(await loadConfig(options.config), options);
      const { id, expires_at } = invitation;
      const object = {
        invitation: id,
        vif_id: invitation.vif_id,
        token,
        ca_hash: caHash,
        command,
        expires_at,
      };
      process.stdout.write(options.json ? `${JSON.stringify(object)}\n` : `${command}\n`);
      if (!options.json)
        process.stderr.write(`invitation ${id}; the token works once, until ${expires_at}\n`);
    });

  program
    .command('credential')
    .description("make a broker's narrow application credential with your own, and print its clouds.yaml")
    .option('--os-cloud <name>', 'your own cloud in clouds.yaml; by default that of the OS_* variables')
    .option('--with-networks', 'allow what VMs need that are invited --with-networks')
    .option('--expires <time>', 'how long the credential can be used: 12h, 90d; by default for ever')
    .option('--name <name>', 'name of the credential in Keystone')
    .option(
      '--role <role>',
      'role of the credential; may be repeated; by default member, if you have it, else all of yours',
      (role: string, before: readonly string[] = []) => [...before, role],
    )
    .action(async (options: CredentialOptions) => {
      const { document, summary } = await createCredential(options);
      process.stdout.write(document);
      process.stderr.write(summary);
    });

  program
    .command('revoke')
    .description('refuse a VM from now on: its certificates and its unused tokens')
    .argument('<vm-or-invitation>', "id of a VM's port or of an invitation")
    .option(...config)
    .action(async (id: string, options: { config: string }) => {
      for (const revoked of await revoke(await loadConfig(options.config), id)) {
        process.stdout.write(`revoked invitation ${revoked.id} of VM ${revoked.vif_id}\n`);
      }
    });

  program
    .command('list')
    .description('list the invitations and what became of them')
    .option('--json', 'print JSON')
    .option(...config)
    .action(async (options: { config: string; json?: true }) => {
      process.stdout.write(await list(await loadConfig(options.config), { json: options.json ?? false }));
    });

  program
    .command('ca-hash')
    .description("print the hash of the CA's certificate, which `ovn-docker join --ca-hash` expects")
    .option(...config)
    .action(async (options: { config: string }) => {
      const { Authority } = await import('../certificates/authority.ts');
      process.stdout.write(`${(await Authority.open((await loadConfig(options.config)).folder)).hash}\n`);
    });

  return program;
}
