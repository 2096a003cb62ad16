import { Command, InvalidArgumentError, Option } from 'commander';
import packageJson from '../../package.json' with { type: 'json' };
import { errorTable } from '../errors.ts';
import { type VifSource, vifSources } from '../vm/vif-source.ts';
import { type GlobalOptions, readSettings, type Settings } from './settings.ts';

/** The command line. Every command is loaded when it is used, so that `--help` costs nothing. */
export function buildProgram(): Command {
  const program = new Command('ovn-docker')
    .description('Containers in this VM as endpoints of Neutron / OVN logical networks.')
    .option('--cred <token>', 'Keystone token (visible in ps: prefer OS_TOKEN or --cred-file)')
    .option('--cred-file <file>', 'file that holds a Keystone token')
    .option('--os-cloud <name>', 'cloud in clouds.yaml')
    .option('--auth-url <url>', 'Keystone, such as https://cloud.example:5000/v3')
    .option('--vif-id <id>', "Neutron's id of this VM's own port")
    .option('--network <network>', 'network for `run`, by name or id')
    .option(
      '--security-group <group>',
      'security group for `run`, by name or id, instead of the default one; may be repeated',
      (group: string, before: string[] = []) => [...before, group],
    )
    .option('--config <file>', 'configuration (default /etc/ovn-docker/config.yaml)')
    .option('--debug', 'show stack traces')
    .version(packageJson.version)
    .enablePositionalOptions()
    .configureOutput({
      outputError: (text, write) =>
        write(
          `ovn-docker: ${text.replace(/^error: /, '').trim()} [E_USAGE]\n  hint: ${errorTable.E_USAGE.hint}\n`,
        ),
    })
    .configureHelp({ showGlobalOptions: true });
  const settings = (): Promise<Settings> => readSettings(program.opts<GlobalOptions>());

  program
    .command('create')
    .description('create a network')
    .command('network <name>')
    .description('a network with one subnet')
    .option('--subnet <cidr>', 'address range; a free private one when not given')
    .option('--json', 'print JSON')
    .action(async (name: string, options: { subnet?: string; json?: boolean }) => {
      const { createNetwork } = await import('./commands/create-network.ts');
      await createNetwork(await settings(), name, options);
    });

  program
    .command('delete')
    .description('delete a network')
    .command('network <network>')
    .description('a network and its subnets, by name or id')
    .option('--if-exists', 'one that is not there is fine')
    .action(async (network: string, options: { ifExists?: boolean }) => {
      const { deleteNetwork } = await import('./commands/delete-network.ts');
      await deleteNetwork(await settings(), network, options);
    });

  program
    .command('list')
    .description('list networks')
    .command('networks')
    .description('the networks that you may use')
    .option('--json', 'print JSON')
    .action(async (options: { json?: boolean }) => {
      const { listNetworks } = await import('./commands/list-networks.ts');
      await listNetworks(await settings(), options);
    });

  program
    .command('run')
    .description(
      'docker run, with an interface on --network; what follows `run` are the arguments of docker run',
    )
    .argument('[args...]', 'options of docker run, image, command')
    .passThroughOptions()
    .allowUnknownOption()
    .action(async (args: string[]) => {
      const { run } = await import('./docker/run.ts');
      process.exitCode = await run(await settings(), args);
    });

  program
    .command('token')
    .description('print a Keystone token for your credential')
    .option('--json', 'print JSON')
    .action(async (options: { json?: boolean }) => {
      const { token } = await import('./commands/token.ts');
      await token(await settings(), options);
    });

  program
    .command('vif-id')
    .description("print Neutron's id of this VM's own port")
    .option('--json', 'print JSON, with how it was found')
    .addOption(new Option('--by <way>', 'look in this way only').choices(vifSources))
    .action(async (options: { json?: boolean; by?: VifSource }) => {
      const { vifId } = await import('./commands/vif-id.ts');
      await vifId(await settings(), options);
    });

  program
    .command('status')
    .description('what the agent of this VM holds')
    .option('--json', 'print JSON')
    .action(async (options: { json?: boolean }) => {
      const { status } = await import('./commands/status.ts');
      await status(await settings(), options);
    });

  const pool = program
    .command('pool')
    .description('NICs that are kept ready, so that containers start without waiting');
  pool
    .command('list')
    .description('the warm NICs of each network')
    .option('--json', 'print JSON')
    .action(async (options: { json?: boolean }) => {
      const { listPools } = await import('./output/print-pools.ts');
      await listPools(await settings(), options);
    });
  pool
    .command('fill <network>')
    .description('make NICs now')
    .option('--count <n>', 'up to so many; the high mark when not given', parseCount)
    .option('--json', 'print JSON')
    .action(async (network: string, options: { count?: number; json?: boolean }) => {
      const { fillPool } = await import('./output/print-pools.ts');
      await fillPool(await settings(), network, options);
    });
  pool
    .command('drain [network]')
    .description('take the warm NICs away, of one network or of all')
    .option('--json', 'print JSON')
    .action(async (network: string | undefined, options: { json?: boolean }) => {
      const { drainPool } = await import('./output/print-pools.ts');
      await drainPool(await settings(), network, options);
    });

  program
    .command('gc')
    .description('finish or remove what a crash or an outage left in this VM')
    .option('--plan', 'only show what would be done, with the evidence')
    .option('--json', 'print JSON')
    .action(async (options: { plan?: boolean; json?: boolean }) => {
      const { gc } = await import('./commands/gc.ts');
      await gc(await settings(), options);
    });

  program
    .command('events')
    .description('each stage of attaching and detaching, as the agent runs it')
    .option('--json', 'print JSON lines')
    .action(async (options: { json?: boolean }) => {
      const { events } = await import('./commands/events.ts');
      await events(await settings(), options);
    });

  program
    .command('doctor')
    .description('look at everything that a NIC depends on, and say what is broken; with --network, make one')
    .option('--json', 'print JSON')
    .action(async (options: { json?: boolean }) => {
      const { doctor } = await import('./commands/doctor.ts');
      await doctor(await settings(), options);
    });

  program
    .command('agent')
    .description('serve Docker in this VM (run by the init system)')
    .action(async () => {
      const { agent } = await import('./commands/agent.ts');
      await agent(await settings());
    });

  return program;
}

function parseCount(text: string): number {
  const count = Number(text);
  if (Number.isInteger(count) && count >= 0) return count;
  throw new InvalidArgumentError('a number of NICs is wanted');
}
