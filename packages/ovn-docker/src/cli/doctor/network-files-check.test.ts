import { expect, it } from 'vitest';
import { openTestMachine } from '../../../test/support/init-machine.ts';
import { networkFixtures } from '../../../test/support/network-fixtures.ts';
import { isRefusal, recognise } from '../network-managers/managers.ts';
import { checkNetworkFiles } from './network-files-check.ts';

const names = { uplink: 'eth0', bridge: 'br0' };

it.each(['netplan', 'networkdStatic', 'cloudInitEni', 'ifupdownStatic'] as const)(
  '%s: warns until the files of init exist, and when their source has changed since',
  async (fixture) => {
    await using test = await openTestMachine(networkFixtures[fixture]);
    const machine = test.process();
    const [warning] = checkNetworkFiles(machine, names).warnings ?? [];
    expect(warning?.message).toMatch(/gives the addresses to eth0 instead of br0/);
    const { plan } = recognise(machine, names);
    if (isRefusal(plan)) throw new Error(plan.reason);
    for (const { path, after } of plan.files) machine.files.write(path, after);
    const good = checkNetworkFiles(machine, names);
    expect(good).toEqual({ facts: [expect.stringMatching(/br0 has the addresses after a reboot, too$/)] });
    const source = networkFixtures[fixture].networkFile;
    if (source === undefined) return;
    machine.files.write(source, plan.files[0]?.after);
    expect(checkNetworkFiles(machine, names).warnings?.[0]?.message).toMatch(/has changed since/);
  },
);

it('NetworkManager: warns, and names the command that prints the lines', async () => {
  await using test = await openTestMachine(networkFixtures.keyfile);
  const { warnings } = checkNetworkFiles(test.process(), names);
  expect(warnings).toEqual([
    { message: expect.stringMatching(/NetworkManager/), hint: expect.stringMatching(/by hand/) },
  ]);
});

it('another program: there is nothing to check', async () => {
  await using test = await openTestMachine(networkFixtures.unknown);
  expect(checkNetworkFiles(test.process(), names)).toEqual({
    facts: [expect.stringMatching(/no files to check/)],
  });
});
