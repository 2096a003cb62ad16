import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Argument, Command } from 'commander';
import { cloudsYaml } from '../daemons/agent.ts';
import { LabError } from '../errors.ts';
import { installPackages } from '../install-packages.ts';
import { openLab } from '../lab.ts';
import { Guest } from './guest.ts';
import { buildImage } from './image/build.ts';
import { imageOf, isBuilt } from './image/image.ts';
import { type GuestKindName, guestKindNames, guestKinds } from './image/kinds.ts';
import { provisionGuestFromStdin } from './provision-guest.ts';

/** The option of all commands. */
interface Named {
  readonly name: string;
}

/** Returns the commands `lab guest build|up|down|ssh|console|copy|credential`. */
export function buildGuestCommands(): Command {
  const program = new Command('guest')
    .description('a VM with its own kernel on hv1, emulated by QEMU')
    .enablePositionalOptions();
  const command = (name: string, description: string) =>
    program.command(name).description(description).option('--name <name>', 'name of the lab', 'lab');
  const kindArgument = () => new Argument('<kind>').choices(guestKindNames);

  program
    .command('build')
    .description('build the images of these guests, or of all, unless they are built already')
    .addArgument(new Argument('[kinds...]').choices(guestKindNames))
    .action((kinds: GuestKindName[]) => {
      for (const kind of kinds.length > 0 ? kinds : guestKindNames) build(kind);
    });

  command('up', 'turn on the guest of the lab, and wait until it has booted')
    .addArgument(kindArgument())
    .option('--fresh', 'begin with the image instead of the disk it had')
    .action(async (kind: GuestKindName, { name, fresh }: Named & { fresh?: boolean }) => {
      build(kind);
      const guest = await Guest.prepare(openLab(name), kind);
      if (await guest.isOn()) throw new LabError('LAB_STEP', 'the guest is on already');
      await guest.turnOn({ fresh: fresh ?? false });
      await guest.waitForBoot();
      process.stdout.write(`guest ${kind} is up at ${guest.port.address}\n`);
    });

  command('down', 'cut the guest’s power').action(async ({ name }: Named) => {
    await Guest.open(openLab(name)).cutPower();
  });

  command('ssh', 'run a command in the guest by ssh, or open a shell: lab guest ssh -- uptime')
    .argument('[command...]')
    .passThroughOptions()
    .action(async (words: string[], { name }: Named) => {
      const lab = openLab(name);
      const tty = process.stdin.isTTY ? ['-t'] : [];
      const [nsenter = '', ...args] = lab
        .machine('phys')
        .commandLine([...Guest.open(lab).sshCommand(tty), ...words], { TERM: process.env['TERM'] ?? 'dumb' });
      const child = spawn(nsenter, args, { stdio: 'inherit' });
      process.exitCode = await new Promise<number>((resolve) =>
        child.once('close', (code) => resolve(code ?? 1)),
      );
    });

  command('console', 'run a command at the guest’s serial console, which needs no network')
    .argument('<command...>')
    .passThroughOptions()
    .action(async (words: string[], { name }: Named) => {
      const { code, stdout } = await Guest.open(openLab(name)).console(words.join(' '));
      process.stdout.write(stdout);
      process.exitCode = code;
    });

  command('copy', 'copy files into a directory of the guest')
    .argument('<paths...>', 'files, then the directory')
    .action(async (paths: string[], { name }: Named) => {
      await Guest.open(openLab(name)).copy(paths.slice(0, -1), paths.at(-1) ?? '/root');
    });

  command('credential', 'print a clouds.yaml with an application credential of the guest’s tenant').action(
    ({ name }: Named) => {
      process.stdout.write(cloudsYaml(Guest.open(openLab(name)).port.credential));
    },
  );

  program.command('provision', { hidden: true }).action(provisionGuestFromStdin);
  program
    .command('build-in', { hidden: true })
    .addArgument(kindArgument())
    .argument('<scratch>')
    .action((kind: GuestKindName, scratch: string) => {
      const started = performance.now();
      buildImage(guestKinds[kind], scratch, (step) =>
        process.stdout.write(
          `${((performance.now() - started) / 1000).toFixed(1).padStart(6)} s  ${step} …\n`,
        ),
      );
    });
  return program;
}

/**
 * Builds an image in a mount namespace of its own, whose file system in memory ends with it, however it ends.
 * @throws LabError `LAB_STEP`, `LAB_INSTALL`
 */
function build(kind: GuestKindName): void {
  installPackages('GUEST');
  if (isBuilt(imageOf(guestKinds[kind]))) return;
  const scratch = mkdtempSync(join(tmpdir(), 'ovn-lab-image-'));
  const script = 'mount -t tmpfs -o size=4g,dev,suid image "$5" && exec "$0" "$@"';
  const command = [process.execPath, process.argv[1] ?? '', 'guest', 'build-in', kind, scratch];
  const { status } = spawnSync('unshare', ['--mount', 'sh', '-c', script, ...command], { stdio: 'inherit' });
  rmSync(scratch, { recursive: true, force: true });
  if (status !== 0) throw new LabError('LAB_STEP', `the image of guest ${kind} could not be built`);
}
