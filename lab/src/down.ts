import { existsSync, readdirSync, rmdirSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';
import { listNetns, removeNetnsDirectory } from '@ovn-docker/netlink';
import { Lab } from './lab.ts';
import { RUN_ROOT } from './layout.ts';
import { lockLab } from './lock.ts';
import { removeCgroups } from './machine/cgroups.ts';
import { removeKeeper } from './machine/keeper.ts';

/**
 * Takes a lab down from any state, raised, half raised or crashed: processes, mounts and interfaces end with the machines'
 * namespaces; then control groups and files. Only what bears the lab's name is touched. Returns whether there was anything.
 */
export async function down(name: string): Promise<boolean> {
  await using _lock = await lockLab(name);
  return await remove(new Lab(name));
}

/** The same for whoever holds the lab's lock already. */
export async function remove(lab: Lab): Promise<boolean> {
  const found = existsSync(lab.layout.run) || existsSync(lab.layout.data);
  await Promise.all(lab.machines.map(({ places }) => removeKeeper(places)));
  for (const { places } of lab.machines) removeCgroups(places.cgroup);
  rmSync(lab.layout.run, { recursive: true, force: true });
  rmSync(lab.layout.data, { recursive: true, force: true });
  removeIfEmpty(RUN_ROOT);
  removeIfEmpty(dirname(lab.layout.data));
  if (listNetns().length === 0) removeNetnsDirectory();
  return found;
}

function removeIfEmpty(directory: string): void {
  try {
    if (readdirSync(directory).length === 0) rmdirSync(directory);
  } catch {
    // It is not there, or another lab has just begun to use it: both are fine.
  }
}
