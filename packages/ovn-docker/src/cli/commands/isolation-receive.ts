import { randomBytes } from 'node:crypto';
import { InvalidArgumentError } from 'commander';
import { OvnDockerError } from '../../errors.ts';
import { defineCommand } from '../command.ts';
import { flag, parsedOption } from '../options.ts';
import { givenVifId, openCallersCloud } from '../settings.ts';

const DEFAULT_SECONDS = 120;
const MAX_SECONDS = 3600;

/**
 * Listens on the uplink for the frames of `isolation send`. Exits with 1 if one arrives that OVN must drop.
 */
export const isolationReceive = defineCommand({
  name: 'isolation receive',
  summary: 'wait for the frames of `isolation send` in another VM, and show which ones OVN let through',
  needsRoot: true,
  elsewhere: 'runs there',
  options: {
    seconds: parsedOption('--seconds <n>', `how long to wait (default ${DEFAULT_SECONDS})`, parseSeconds),
    json: flag('--json', 'print JSON'),
  },

  async action(settings, { seconds = DEFAULT_SECONDS, json }) {
    const { PacketSocket } = await import('@ovn-docker/netlink');
    const { VmSwitch } = await import('../../clients/vm-switch.ts');
    const { findParentPort } = await import('../../vm/own-port.ts');
    const { formatTarget, freeVlans } = await import('../isolation/target.ts');
    const { receiveProbes } = await import('../isolation/receive-probes.ts');
    const { printResults } = await import('../isolation/print-results.ts');
    const { config } = settings;
    using cloud = await openCallersCloud(settings);
    await using vmSwitch = await VmSwitch.open(config.ovs.remote, config.ovs.bridge);
    const macs = vmSwitch.macsOf(config.uplink, config.ovs.bridge);
    const given = givenVifId(settings);
    const identity = { macs, metadataUrl: config.metadata_url, ...(given ? { given } : {}) };
    const { port } = await findParentPort(cloud.neutron, identity);
    const vlan = freeVlans(new Set(vmSwitch.ports().flatMap((plugged) => plugged.vlan ?? [])));
    const target = { mac: port.mac_address.toLowerCase(), vlan, nonce: randomBytes(4).toString('hex') };
    using uplink = PacketSocket.open(config.uplink, { receive: true });
    process.stderr.write(
      `Run this as root in another VM of your project, best on the same hypervisor, within ${seconds} s:\n` +
        `  ovn-docker isolation send ${formatTarget(target)}\n`,
    );
    const results = await receiveProbes(uplink, target, seconds * 1000);
    if (!results)
      throw new OvnDockerError('E_TEST_INCONCLUSIVE', `no ordinary frame arrived within ${seconds} s`);
    process.stdout.write(json ? `${JSON.stringify(results)}\n` : printResults(results));
    if (results.some(({ ok }) => !ok)) process.exitCode = 1;
  },
});

function parseSeconds(text: string): number {
  const seconds = Number(text);
  if (Number.isInteger(seconds) && seconds >= 1 && seconds <= MAX_SECONDS) return seconds;
  throw new InvalidArgumentError(`a number from 1 to ${MAX_SECONDS}`);
}
