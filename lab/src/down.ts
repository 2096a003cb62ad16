import { existsSync, readdirSync, rmdirSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';
import { listNetns, removeNetnsDirectory } from '@ovn-docker/netlink';
import { Lab } from './lab.ts';
import { RUN_ROOT } from './layout.ts';
import { lockLab } from './lock.ts';
import { removeCgroups } from './machine/cgroups.ts';
import { removeKeeper } from './machine/keeper.ts';

/**
 * Takes down a lab in any state: raised, half raised or crashed. Processes, mounts and interfaces end with
 * the machines' namespaces; then it removes control groups and files. It does not touch other labs. Returns
 * whether the lab existed.
 *
 * @throws LabError `LAB_BUSY`
 */
export async function down(name: string): Promise<boolean> {
  await using _lock = await lockLab(name);
  return await remove(new Lab(name));
}

/** Takes down a lab whose lock the caller holds. Returns whether the lab existed. */
export async function remove(lab: Lab): Promise<boolean> {
  const existed = existsSync(lab.layout.run) || existsSync(lab.layout.data);
  await Promise.all(lab.machines.map(({ places }) => removeKeeper(places)));
  for (const { places } of lab.machines) removeCgroups(places.cgroup);
  rmSync(lab.layout.run, { recursive: true, force: true });
  rmSync(lab.layout.data, { recursive: true, force: true });
  removeIfEmpty(RUN_ROOT);
  removeIfEmpty(dirname(lab.layout.data));
  if (listNetns().length === 0) removeNetnsDirectory();
  return existed;
}

function removeIfEmpty(directory: string): void {
  try {
    if (readdirSync(directory).length === 0) rmdirSync(directory);
  } catch {
    // The directory does not exist, or another lab has just created a file in it.
  }
}
