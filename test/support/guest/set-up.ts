import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type CommandResult,
  containerPlace,
  Guest,
  type GuestKindName,
  type Lab,
  type Place,
  repository,
} from '@ovn-docker/lab';
import { Api } from '../api.ts';
import type { Vm } from '../vm.ts';
import { GuestVm } from './guest-vm.ts';
import { readmeCommands } from './readme.ts';

const readme = readmeCommands();

/** A container outside of the guest. */
interface Remote {
  readonly id: string;
  readonly place: Place;
}

/** Path of the package that `npm run package` built. */
export function builtPackage(): string {
  const isAgent = (file: string) => /^ovn-docker-agent_.*\.deb$/.test(file);
  const [file, ...others] = readdirSync(join(repository, 'dist')).filter(isAgent);
  if (!file || others.length > 0) throw new Error('dist/ must contain one ovn-docker-agent_*.deb');
  return join(repository, 'dist', file);
}

/** Copies the package into the guest and installs it as the README says. */
export async function installPackage(guest: Guest, deb: string): Promise<void> {
  await guest.copy([deb], '/root');
  await guest.shell(`cd /root; ${readme.install}`, { timeoutMs: 600_000 });
}

/** Copies a clouds.yaml with this text into the guest, for {@link runInit}. */
export async function copyClouds(guest: Guest, text: string): Promise<void> {
  const directory = mkdtempSync(join(tmpdir(), 'clouds-'));
  const path = join(directory, 'clouds.yaml');
  writeFileSync(path, text, { mode: 0o600 });
  await guest.copy([path], '/root');
  rmSync(directory, { recursive: true });
}

/** Runs the README's `ovn-docker init` over ssh, on a terminal, and answers its question with yes. */
export function runInit(guest: Guest): Promise<CommandResult> {
  const command = `cd /root; ${readme.init}`;
  const atTerminal = ['script', '--quiet', '--return', '--command', command, '/dev/null'];
  return guest.run(atTerminal, { input: 'y\n', timeoutMs: 500_000 });
}

/** Boots a guest with a fresh disk, and makes the image of its containers. */
export async function bootFresh(lab: Lab, kind: GuestKindName): Promise<GuestVm> {
  const guest = await Guest.prepare(lab, kind);
  if (await guest.isOn()) await guest.cutPower();
  await guest.turnOn({ fresh: true });
  await guest.waitForBoot();
  const vm = new GuestVm(lab, guest);
  await vm.importImage();
  return vm;
}

/** Creates a network of alice, and a container on it in a VM of the lab, which the guest has to reach. */
export async function startRemote(vm: Vm, network: string, cidr: string): Promise<Remote> {
  const api = await Api.login(vm.lab, 'alice');
  await api.createNetwork(network, cidr);
  const id = await vm.run(network, '--net=none');
  return { id, place: containerPlace(vm.machine, id, (await vm.address(id)) ?? '') };
}

/** Both directions between two places. */
export const bothWays = (one: Place, other: Place) =>
  [
    [one, other],
    [other, one],
  ] as const;
