import { spawn } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { Command, InvalidArgumentError, Option } from 'commander';
import { type ApiKind, apiKinds } from './api/api-kind.ts';
import { seedIdentityFromStdin } from './api/openstack/seed-identity.ts';
import { down } from './down.ts';
import { chooseEngine, defaultEngines } from './engines/choose.ts';
import { DEFAULT_ENGINE, type Engines, engineNames } from './engines/engines.ts';
import { LabError } from './errors.ts';
import { buildGuestCommands } from './guest/cli.ts';
import { Lab, type LabKind, openLab } from './lab.ts';
import { layoutOf } from './layout.ts';
import { DEFAULT_OVN, type OvnRelease, ovnReleases } from './ovn-releases/ovn-releases.ts';
import { provisionFromStdin } from './provision.ts';
import { start } from './start/start.ts';
import { statusOf } from './status.ts';
import { up } from './up.ts';

/** The options that choose what a lab runs. */
interface Kind {
  readonly cloud: ApiKind;
  readonly ovn: OvnRelease;
  readonly engine: Engines;
  readonly broker?: boolean;
}

/** The option of all commands. */
interface Named {
  readonly name: string;
}

/**
 * Returns the commands `lab up|down|status|exec|logs`, and `start` and `stop` for `npm start` and `npm stop`.
 */
export function buildProgram(): Command {
  const program = new Command('lab')
    .description('Machines in network namespaces, with real Open vSwitch, OVN and Docker.')
    .enablePositionalOptions();
  const command = (name: string, description: string) =>
    program.command(name).description(description).option('--name <name>', 'name of the lab', 'lab');

  command('up', 'raise the lab, unless it is up already')
    .option('--no-docker', 'raise the VMs without Docker and agent')
    .addOption(cloudOption())
    .addOption(ovnOption())
    .addOption(engineOption())
    .addOption(brokerOption())
    .action(async ({ name, docker, ...kind }: Named & Kind & { docker: boolean }) => {
      const started = performance.now();
      const progress = (step: string, seconds: number) =>
        process.stdout.write(`${seconds.toFixed(2).padStart(6)} s  ${step}\n`);
      await up(name, { ...kindOf(kind), docker, progress });
      process.stdout.write(
        `lab "${name}" is up after ${((performance.now() - started) / 1000).toFixed(2)} s\n`,
      );
    });

  command('down', 'take down the lab').action(takeDown);

  command('status', 'show the machines with their addresses and programs')
    .option('--json', 'print JSON')
    .action(({ name, json }: Named & { json?: boolean }) => {
      const lab = new Lab(name);
      const rows = statusOf(lab);
      process.exitCode = lab.isUp ? 0 : 1;
      if (json) {
        process.stdout.write(`${JSON.stringify({ name, up: lab.isUp, machines: rows })}\n`);
        return;
      }
      for (const { machine, up: isUp, addresses, programs } of rows) {
        const details = isUp ? `${addresses.join(' ').padEnd(28)} ${programs.join(' ')}` : 'down';
        process.stdout.write(`${machine.padEnd(8)} ${details}\n`);
      }
    });

  command('exec', 'run a command in a machine: lab exec vm-a -- docker ps')
    .argument('<machine>')
    .argument('<command...>')
    .passThroughOptions()
    .action(async (machine: string, words: string[], { name }: Named) => {
      const command = words[0] === '--' ? words.slice(1) : words;
      const [nsenter = '', ...args] = openLab(name).machine(machine).commandLine(command, terminal());
      const child = spawn(nsenter, args, { stdio: 'inherit' });
      process.exitCode = await new Promise<number>((resolve) =>
        child.once('close', (code, signal) => resolve(code ?? (signal ? 137 : 1))),
      );
    });

  command('logs', 'print a log of a machine; without [log], the end of each of its logs')
    .argument('<machine>')
    .argument('[log]', 'for example agent, dockerd or openvswitch/ovs-vswitchd')
    .action((name: string, log: string | undefined, options: Named) => {
      const machine = openLab(options.name).machine(name);
      const files = listLogs(machine.places.logs);
      if (log !== undefined && !files.includes(log)) {
        throw new LabError('LAB_MACHINE', `${name} has no log "${log}"; it has: ${files.join(', ')}`);
      }
      if (log !== undefined) process.stdout.write(machine.log(log));
      else
        for (const file of files) process.stdout.write(`==> ${file}\n${lastLines(machine.log(file), 10)}\n`);
    });

  command('start', 'raise the lab, do the main job of the source document and verify it')
    .option('--json', 'print JSON lines')
    .addOption(cloudOption())
    .addOption(ovnOption())
    .addOption(engineOption())
    .addOption(brokerOption())
    .action(async ({ name, json, ...kind }: Named & Kind & { json?: boolean }) => {
      process.exitCode = await start(layoutOf(name).name, kindOf(kind), json ?? false);
    });

  command('stop', 'the same as down').action(takeDown);

  program.addCommand(buildGuestCommands());
  program.command('provision', { hidden: true }).action(provisionFromStdin);
  program.command('seed-identity', { hidden: true }).action(seedIdentityFromStdin);
  return program;
}

function kindOf({ cloud, ovn, engine, broker = false }: Kind): Omit<LabKind, 'docker'> {
  return { apiKind: cloud, ovn, engines: engine, broker };
}

function brokerOption(): Option {
  return new Option('--broker', 'the agents work through credential brokers, and no VM has a credential');
}

function cloudOption(): Option {
  return new Option('--cloud <cloud>', 'which Keystone and Neutron: embedded-neutron, or the real ones')
    .choices(apiKinds)
    .default('embedded');
}

function ovnOption(): Option {
  return new Option('--ovn <release>', 'OVN and Open vSwitch: Debian 12’s, or those of a later Debian')
    .choices(ovnReleases)
    .default(DEFAULT_OVN);
}

function engineOption(): Option {
  const description = `Docker of all VMs, or of one (vm-b=26): ${engineNames.join(', ')}`;
  return new Option('--engine <version>', description)
    .argParser((value, before: Engines) => {
      const engines = chooseEngine(value, before);
      if (engines) return engines;
      throw new InvalidArgumentError(`Known are ${engineNames.join(', ')}, for one VM vm-b=VERSION.`);
    })
    .default(defaultEngines, DEFAULT_ENGINE);
}

async function takeDown({ name }: Named): Promise<void> {
  const existed = await down(name);
  process.stdout.write(existed ? `lab "${name}" is down\n` : `lab "${name}" was not up\n`);
}

function listLogs(directory: string): string[] {
  try {
    const files = readdirSync(directory, { recursive: true, encoding: 'utf8' });
    return files
      .filter((file) => file.endsWith('.log'))
      .map((file) => file.slice(0, -'.log'.length))
      .sort();
  } catch {
    return [];
  }
}

function lastLines(text: string, count: number): string {
  return text.trimEnd().split('\n').slice(-count).join('\n');
}

/** The variable that interactive programs need. */
function terminal(): Record<string, string> {
  const term = process.env['TERM'];
  return term === undefined ? {} : { TERM: term };
}
