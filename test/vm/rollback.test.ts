import {
  checkPing,
  cloudsYaml,
  type Guest,
  guestKindNames,
  machinePlace,
  management,
  openLab,
  waitFor,
} from '@ovn-docker/lab';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { footprintOf } from '../support/guest/footprint.ts';
import { bootFresh, builtPackage, copyClouds, installPackage, runInit } from '../support/guest/set-up.ts';
import { guests, LAB } from './raise-lab.ts';

/** Not a route: systemd-networkd removes those of others. */
const dropped = `OUTPUT --destination ${management.api} --jump DROP`;
const killed = 'kill -9 $(grep -o \'"pid":[0-9]*\' /var/lib/ovn-docker/init/pending.json | cut -d : -f 2)';

/** Faults that strike in the middle of `ovn-docker init`, as soon as there is a bridge, and how they end. */
const faults = [
  ['the API is gone', `iptables --wait --insert ${dropped}`, `iptables --wait --delete ${dropped}`],
  ['kill -9 ends it', killed, 'true'],
] as const;

const lab = openLab(LAB);
const phys = machinePlace(lab.machine('phys'), management.phys);

/** A kind for each program that manages the network. */
const kinds = guestKindNames.filter((kind) => kind !== 'trixie' && (guests?.includes(kind) ?? true));

describe.each(kinds)('guest %s', (kind) => {
  let guest: Guest;
  let installed: string[];

  beforeAll(async () => {
    ({ guest } = await bootFresh(lab, kind));
    await installPackage(guest, builtPackage());
    await copyClouds(guest, cloudsYaml(guest.port.credential));
    installed = await lastingFootprint();
  });

  afterAll(() => guest.cutPower());

  /** Without /run, where init has its lock, and ifupdown an empty file for each bridge that it has seen. */
  const lastingFootprint = async () =>
    [...(await footprintOf(guest))].filter((line) => !line.startsWith('file /run/')).sort();

  it.each(faults)('scenario 43: init undoes everything by itself if %s', async (_, strike, end) => {
    const script = `until ip link show br0; do sleep 0.1; done >/dev/null 2>&1; ${strike}`;
    await guest.must(['systemd-run', '--quiet', '--collect', '--unit=fault', 'sh', '-c', script]);
    const result = await runInit(guest);
    expect(result.code, result.stdout + result.stderr).not.toBe(0);
    await guest.waitForSsh();
    await guest.shell(end);
    const isUndone = async () =>
      (await guest.run(['test', '-e', '/var/lib/ovn-docker/init/pending.json'])).code !== 0;
    await waitFor('init to be undone', isUndone, 120_000);
    const addresses = await guest.must(['ip', '-o', '-4', 'addr', 'show', 'dev', guest.kind.nic]);
    expect(addresses).toContain(guest.port.address);
    await checkPing(phys, machinePlace(guest, guest.port.address));
    expect(await lastingFootprint()).toEqual(installed);
  });

  it('scenario 43: after that, init sets the VM up', async () => {
    const result = await runInit(guest);
    expect(result, result.stdout + result.stderr).toMatchObject({ code: 0 });
    await checkPing(phys, machinePlace(guest, guest.port.address));
  });
});
