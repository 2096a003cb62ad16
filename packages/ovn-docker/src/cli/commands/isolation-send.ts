import { OvnDockerError } from '../../errors.ts';
import { defineCommand } from '../command.ts';
import { parseTarget } from '../isolation/target.ts';
import { argument } from '../options.ts';
import { openAgent, openCallersCloud } from '../settings.ts';

/** Sends what root of a VM can send to the VM that runs `isolation receive`, which shows the results. */
export const isolationSend = defineCommand({
  name: 'isolation send',
  summary: 'send frames with forged VLAN tags from this VM to the one that `isolation receive` names',
  needsRoot: true,
  elsewhere: 'runs there',
  arguments: { target: argument('<target>') },

  validate(_settings, { target }) {
    parseTarget(target);
  },

  async action(settings, input) {
    const { PacketSocket } = await import('@ovn-docker/netlink');
    const { withNicBeside } = await import('../isolation/with-nic-beside.ts');
    const { sendProbes } = await import('../isolation/send-probes.ts');
    const { COPIES, probes } = await import('../isolation/probes.ts');
    const target = parseTarget(input.target);
    using cloud = await openCallersCloud(settings);
    await using agent = await openAgent(settings);
    using uplink = PacketSocket.open(settings.config.uplink);
    const [port] = await cloud.neutron.ports.all({ mac_address: target.mac });
    if (!port) throw new OvnDockerError('E_USAGE', `this project has no port with MAC address ${target.mac}`);
    await withNicBeside(agent, cloud.neutron, port, (source) => sendProbes(uplink, source, target));
    process.stdout.write(
      `${COPIES} frames of each of ${probes.length} kinds sent; the other VM shows what arrived\n`,
    );
  },
});
