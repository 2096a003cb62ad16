import { execFileSync } from 'node:child_process';
import { inNetns, Rtnetlink } from '@ovn-docker/netlink';
import { pino } from 'pino';
import { expect, it } from 'vitest';
import { testNamespaces } from '../../../netlink/test/support/test-netns.ts';
import { pluggedPort } from '../../test/support/plugged-port.ts';
import { rowKeys } from '../nics/names.ts';
import { quietPorts } from './quiet-ports.ts';

const namespaces = testNamespaces();
const log = pino({ level: 'silent' });
const nic = { [rowKeys.nic]: 'n' };
const ports = [
  pluggedPort({ name: 'eth0' }),
  pluggedPort({ name: 'ovn-6', externalIds: nic }),
  pluggedPort({ name: 'ovn-7', externalIds: nic }),
  pluggedPort({ name: 'ovn-8' }),
];

it('pairs of an earlier agent become quiet, also after another program has removed the filter', async () => {
  const netns = namespaces.create();
  using inside = Rtnetlink.open(netns);
  // ovn-6 has lost its pair.
  for (const name of ['eth0', 'ovn-7', 'ovn-8']) inside.createVeth({ name, peer: { name: `${name}c` } });
  const quiet = () => ['eth0', 'ovn-7', 'ovn-8'].filter((name) => inside.dropsReceived(name));
  await quietPorts({ isUserspace: false, ports: () => ports }, inside, log, netns);
  expect(quiet()).toEqual([]);
  for (let round = 0; round < 2; round++) {
    await quietPorts({ isUserspace: true, ports: () => ports }, inside, log, netns);
    expect(quiet()).toEqual(['ovn-7']);
    inNetns(netns, () => execFileSync('tc', ['qdisc', 'del', 'dev', 'ovn-7', 'clsact']));
    expect(quiet()).toEqual([]);
  }
});
