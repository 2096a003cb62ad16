import { describe, expect, it } from 'vitest';
import { openTestMachine } from '../../../test/support/init-machine.ts';
import { networkFixtures } from '../../../test/support/network-fixtures.ts';
import { textFile, textOf } from '../machine/files.ts';
import { isRefusal, managers, recognise } from './managers.ts';

const names = { uplink: 'eth0', bridge: 'br0' };

/** The files of the change by their paths; a refusal as text. */
async function changeOf(fixture: keyof typeof networkFixtures, more: Readonly<Record<string, string>> = {}) {
  const recorded = networkFixtures[fixture];
  await using test = await openTestMachine({ ...recorded, files: { ...recorded.files, ...more } });
  const { name, plan } = recognise(test.process(), names);
  if (isRefusal(plan)) return { name, ...plan };
  return { name, files: Object.fromEntries(plan.files.map(({ path, after }) => [path, textOf(after)])) };
}

describe('netplan with systemd-networkd', () => {
  it('the bridge gets a copy of the generated file with the DHCP identity of the uplink, and the uplink nothing', async () => {
    const { name, files } = (await changeOf('netplan')) as { name: string; files: Record<string, string> };
    expect(name).toBe('networkd');
    expect(
      files['/etc/systemd/network/05-ovn-docker-bridge.network'],
    ).toBe(`# Written by \`ovn-docker init\`; \`ovn-docker init --undo\` removes it.
# Copied from: /run/systemd/network/10-netplan-eth0.network
# After you change that, run \`ovn-docker init\` again.
[Match]
Name=br0

[Link]
RequiredForOnline=yes

[Network]
DHCP=ipv4
LinkLocalAddressing=ipv6

[DHCP]
RouteMetric=100
UseMTU=true

[DHCPv4]
IAID=1027497467
`);
    expect(files['/etc/systemd/network/05-ovn-docker-uplink.network']).toMatch(
      /Name=eth0[\s\S]*LinkLocalAddressing=no/,
    );
    expect(files['/etc/systemd/system/systemd-networkd-wait-online.service.d/90-ovn-docker.conf']).toMatch(
      /--interface=br0/,
    );
  });
});

describe('systemd-networkd', () => {
  it('static addresses, routes, rules, name servers and drop-ins stay, but not the MAC address', async () => {
    const { files } = (await changeOf('networkdStatic')) as { files: Record<string, string> };
    const bridge = files['/etc/systemd/network/05-ovn-docker-bridge.network'];
    expect(bridge).toMatch(
      /Address=192.0.2.10\/24\nAddress=2001:db8::10\/64\nGateway=192.0.2.1\nDNS=192.0.2.53/,
    );
    expect(bridge).toMatch(/\[Address\]\nAddress=192.0.2.11\/24\nPreferredLifetime=0/);
    expect(bridge).toMatch(/\[Route\]\nDestination=198.51.100.0\/24/);
    expect(bridge).toMatch(/\[Network\]\nNTP=192.0.2.123/);
    expect(bridge).not.toMatch(/MACAddress|Name=en/);
    expect(files['/etc/systemd/network/05-ovn-docker-uplink.network']).toMatch(
      /MTUBytes=1442\nRequiredForOnline=no/,
    );
  });

  it('the MTU that a DHCP server has assigned stays that of the uplink, also in a second run', async () => {
    const uplink = '/etc/systemd/network/05-ovn-docker-uplink.network';
    const { files: first } = (await changeOf('netplan')) as { files: Record<string, string> };
    expect(first[uplink]).toContain('MTUBytes=1442\nRequiredForOnline=no');
    const written = (first[uplink] ?? '').replace('MTUBytes=1442', 'MTUBytes=1400');
    const { files: second } = (await changeOf('netplan', { [uplink]: written })) as {
      files: typeof first;
    };
    expect(second[uplink]).toBe(written);
  });

  it.each([
    ['that it does not accept', 'UseMTU=no'],
    ['of which its file says another one', 'UseMTU=yes\n[Link]\nMTUBytes=1300'],
  ])('the uplink does not get the MTU of a DHCP server %s', async (_, lines) => {
    const { files } = (await changeOf('netplan', {
      '/run/systemd/network/10-netplan-eth0.network': `[Match]\nName=eth0\n[Network]\nDHCP=yes\n[DHCPv4]\n${lines}\n`,
    })) as { files: Record<string, string> };
    expect(files['/etc/systemd/network/05-ovn-docker-uplink.network']).not.toContain('1442');
  });

  it('virtual functions stay with the hardware', async () => {
    const { files } = (await changeOf('netplan', {
      '/run/systemd/network/10-netplan-eth0.network':
        '[Match]\nName=eth0\n[Network]\nDHCP=yes\n[SR-IOV]\nVirtualFunction=0\n',
    })) as { files: Record<string, string> };
    const holders = Object.keys(files).filter((path) => files[path]?.includes('VirtualFunction=0'));
    expect(holders).toEqual(['/etc/systemd/network/05-ovn-docker-uplink.network']);
  });

  it('an uplink that carries VLANs is refused, with the lines to write', async () => {
    const change = await changeOf('netplan', {
      '/run/systemd/network/10-netplan-eth0.network':
        '[Match]\nName=eth0\n\n[Network]\nDHCP=yes\nVLAN=vlan7\n',
    });
    expect(change).toMatchObject({ reason: 'eth0 carries other interfaces: VLAN=vlan7' });
    expect('byHand' in change && change.byHand).toEqual([
      '# /etc/systemd/network/05-bridge-port.network:',
      ...['[Match]', 'Name=eth0', '', '[Link]', 'RequiredForOnline=no', '', '[Network]', 'DHCP=no'],
      ...['LinkLocalAddressing=no', 'IPv6AcceptRA=no', 'LLDP=no', 'EmitLLDP=no'],
      '# /etc/systemd/network/05-bridge.network:',
      ...['[Match]', 'Name=br0', '', '[Link]', 'RequiredForOnline=yes', ''],
      ...['[Network]', 'DHCP=yes', 'VLAN=vlan7', '', '[DHCPv4]', 'IAID=1027497467'],
      '# then, as one line; systemd-networkd makes vlan7 again, on br0:',
      'ovn-docker init --by-hand && networkctl delete vlan7 && networkctl reload && networkctl reconfigure eth0 br0',
    ]);
  });

  it('rules for packets of the uplink become those of the bridge, also in a continued line', async () => {
    const path = '/etc/systemd/network/20-wired.network';
    const more =
      '[RoutingPolicyRule]\nIncomingInterface=eth0\nTable=7\n[RoutingPolicyRule]\nOutgoingInterface=eth1\n';
    const text = `[Match]\nName=eth0\n[Link]\nRequiredForOnline=false\n[Network]\nDHCP=yes\nDNS=192.0.2.1 \\\n# a comment\n  192.0.2.2\n${more}`;
    const { files } = (await changeOf('networkdStatic', { [path]: text.replaceAll('\n', '\r\n') })) as {
      files: Record<string, string>;
    };
    const bridge = files['/etc/systemd/network/05-ovn-docker-bridge.network'];
    expect(bridge).toMatch(/DNS=192.0.2.1 +192.0.2.2\n/);
    expect(bridge).toMatch(/IncomingInterface=br0\nTable=7\n[\s\S]*OutgoingInterface=eth1\n/);
    expect(Object.keys(files)).toHaveLength(2);
  });

  it('a bridge that has the addresses by files of the user is left to them', async () => {
    const files = {
      '/etc/systemd/network/10-eth0.network': '[Match]\nName=eth0\n[Network]\nDHCP=no\n',
      '/etc/systemd/network/20-br0.network': '[Match]\nName=br0\n[Network]\nDHCP=yes\n',
    };
    await using test = await openTestMachine({ ...networkFixtures.netplan, files });
    test.network.add('br0', { kind: 'openvswitch', mac: '02:00:00:00:00:01' });
    await test.process().run('networkctl', 'reconfigure', 'eth0', 'br0');
    expect(recognise(test.process(), names)).toMatchObject({ name: 'networkd', plan: { files: [] } });
  });

  it('a file that precedes all others is refused', async () => {
    const recorded = {
      '/etc/systemd/network/00-00-eth0.network': '[Match]\nName=eth0\n\n[Network]\nDHCP=yes\n',
    };
    expect(await changeOf('netplan', recorded)).toMatchObject({
      reason: expect.stringMatching(/precedes every file/),
      byHand: [
        'mv /etc/systemd/network/00-00-eth0.network /etc/systemd/network/10-eth0.network',
        'networkctl reload',
        'ovn-docker init',
      ],
    });
  });
});

describe('ifupdown', () => {
  it('the stanzas of the uplink become those of the bridge, and everything else stays', async () => {
    const { name, files } = (await changeOf('ifupdownStatic')) as {
      name: string;
      files: Record<string, string>;
    };
    expect(name).toBe('ifupdown');
    expect(files).toEqual({
      '/etc/network/interfaces': `# Written by \`ovn-docker init\`; \`ovn-docker init --undo\` restores this file.
auto br0
source-directory /etc/network/interfaces.d

auto lo
iface lo inet loopback

# The primary network interface
allow-hotplug eth0
iface br0 inet static
    address 192.0.2.10/24
    gateway 192.0.2.1
    dns-nameservers 192.0.2.53
    up ip route add 198.51.100.0/24 via 192.0.2.254 dev br0

iface br0 inet6 static
    address 2001:db8::10/64
    gateway 2001:db8::1

auto br0:1
iface br0:1 inet static
    address 192.0.2.11/24

iface eth0 inet manual
    pre-up sysctl -qw net/ipv6/conf/$IFACE/disable_ipv6=1 || true
`,
    });
  });

  it('cloud-init, which wrote the file, is told to leave the network alone', async () => {
    const { files } = (await changeOf('cloudInitEni')) as { files: Record<string, string> };
    expect(Object.keys(files)).toEqual([
      '/etc/network/interfaces.d/50-cloud-init',
      '/etc/cloud/cloud.cfg.d/99-ovn-docker-network.cfg',
    ]);
    expect(files['/etc/cloud/cloud.cfg.d/99-ovn-docker-network.cfg']).toMatch(
      /^network: \{config: disabled\}$/m,
    );
    expect(files['/etc/network/interfaces.d/50-cloud-init']).toMatch(/auto eth0 br0\niface br0 inet dhcp/);
  });

  it.each([
    ['a pattern', 'auto /eth*\n'],
    ['a continued line', 'auto lo \\\n    eth0 eth1\n'],
    ['a name of hotplugged hardware', 'allow-hotplug eth0\n'],
    ['no line of a file', ''],
  ])('the bridge is started at boot, also if %s starts the uplink', async (_name, line) => {
    const path = '/etc/network/interfaces.d/50-cloud-init';
    const text = `${line}iface eth0 inet dhcp\n`;
    const { files } = (await changeOf('cloudInitEni', { [path]: text })) as { files: Record<string, string> };
    expect(files[path]?.split('\n').filter((each) => each === 'auto br0')).toEqual(['auto br0']);
    expect(files[path]).toContain(line);
  });

  it('a file starts the bridge if another one has its stanza', async () => {
    const { files } = (await changeOf('cloudInitEni', {
      '/etc/network/interfaces': 'source interfaces.d/*\nauto lo eth0\nno-scripts eth0\n',
      '/etc/network/interfaces.d/50-cloud-init': 'iface eth0 inet dhcp\n',
    })) as { files: Record<string, string> };
    expect(files['/etc/network/interfaces']).toMatch(/^auto lo eth0 br0\nno-scripts eth0 br0$/m);
    expect(files['/etc/network/interfaces.d/50-cloud-init']).not.toMatch(/auto br0/);
  });

  it('cloud-init, which wrote the main file, is told to leave the network alone', async () => {
    const text = networkFixtures.cloudInitEni.files['/etc/network/interfaces.d/50-cloud-init'] ?? '';
    const { files } = (await changeOf('cloudInitEni', {
      '/etc/network/interfaces': text,
      '/etc/network/interfaces.d/50-cloud-init': '',
    })) as { files: Record<string, string> };
    expect(Object.keys(files)).toEqual([
      '/etc/network/interfaces',
      '/etc/cloud/cloud.cfg.d/99-ovn-docker-network.cfg',
    ]);
  });

  it.each([
    ['of a DHCP server', 'iface eth0 inet dhcp\n'],
    ['of its stanza', 'iface eth0 inet static\n    address 192.0.2.10/24\n    mtu 1442\n'],
  ])('the uplink keeps the MTU %s', async (_, text) => {
    const path = '/etc/network/interfaces.d/50-cloud-init';
    const { files } = (await changeOf('cloudInitEni', { [path]: text })) as { files: Record<string, string> };
    expect(files[path]).toMatch(
      /iface eth0 inet manual\n.*disable_ipv6.*\n {4}pre-up ip link set dev \$IFACE mtu 1442 \|\| true\n$/,
    );
  });

  it('files that an included file includes belong to the configuration', async () => {
    const { files } = (await changeOf('cloudInitEni', {
      '/etc/network/interfaces.d/50-cloud-init': 'auto eth0\niface eth0 inet dhcp\nsource ../more/*.cfg\n',
      '/etc/network/more/v6.cfg': 'iface eth0 inet6 auto\n',
    })) as { files: Record<string, string> };
    expect(files['/etc/network/interfaces.d/../more/v6.cfg']).toBe('iface br0 inet6 auto\n');
  });

  it('a file that another program writes at each boot is refused', async () => {
    const change = await changeOf('cloudInitEni', {
      '/etc/network/interfaces': 'source-directory /run/network/interfaces.d\n',
      '/run/network/interfaces.d/eth0': 'auto eth0\niface eth0 inet dhcp\n',
    });
    expect(change).toMatchObject({
      reason: 'another program writes /run/network/interfaces.d/eth0 at each boot',
      byHand: expect.arrayContaining([
        expect.stringMatching(/^# in \/etc\/network\/interfaces, /),
        'iface br0 inet dhcp',
      ]),
    });
  });

  it.each([
    ['up sysctl -w net.ipv6.conf.eth0.accept_ra=2', 'up sysctl -w net.ipv6.conf.br0.accept_ra=2'],
    ['up echo 2 >/proc/sys/net/ipv4/conf/eth0/rp_filter', 'up echo 2 >/proc/sys/net/ipv4/conf/br0/rp_filter'],
    ['up sysctl net/ipv4/neigh/eth0/ucast_solicit=9', 'up sysctl net/ipv4/neigh/br0/ucast_solicit=9'],
    ['up echo 1 >/sys/class/net/eth0/gro_flush_timeout', 'up echo 1 >/sys/class/net/eth0/gro_flush_timeout'],
    ['up sysctl net.ipv4.conf.eth01.rp_filter=0', 'up sysctl net.ipv4.conf.eth01.rp_filter=0'],
  ])('the line "%s" becomes that of the bridge', async (line, after) => {
    const path = '/etc/network/interfaces.d/50-cloud-init';
    const text = `auto eth0\niface eth0 inet dhcp\n    ${line}\n`;
    const { files } = (await changeOf('cloudInitEni', { [path]: text })) as { files: Record<string, string> };
    expect(files[path]).toContain(`iface br0 inet dhcp\n    ${after}\n`);
  });

  it('addresses that ifupdown does not add stay while it configures the bridge', async () => {
    const file = '/etc/network/interfaces';
    const text = `auto eth0
iface eth0 inet static
    address 192.0.2.10/24
iface eth0 inet6 static
    address 2001:0db8::0010/64
    autoconf 1
    up true 2001:db8::11/64 dev eth0
`;
    await using test = await openTestMachine({ ...networkFixtures.ifupdownStatic, files: { [file]: text } });
    test.network.add('br0', { kind: 'openvswitch', mac: '02:00:00:00:00:01' });
    const slaac = '2001:db8::f816:3eff:fe86:e30d/64';
    const own = ['192.0.2.10/24', '2001:db8::10/64', '2001:db8::11/64'];
    for (const cidr of [...own, slaac]) test.network.addAddress('br0', cidr);
    const machine = test.process();
    machine.files.write(file, textFile(text.replaceAll('eth0', 'br0').concat('iface eth0 inet manual\n')));
    const deleted: string[] = [];
    const deleteAddress = (_: string | number, cidr: string) => deleted.push(cidr);
    const netlink = { ...machine.netlink, deleteAddress } as typeof machine.netlink;
    await managers.ifupdown.takeOver({ ...machine, netlink, run: async () => '' }, names);
    expect(deleted).toEqual(own);
  });

  it('no DHCP client stays on the uplink', async () => {
    await using test = await openTestMachine(networkFixtures.cloudInitEni);
    test.network.add('br0', { kind: 'openvswitch', mac: '02:00:00:00:00:01' });
    const machine = test.process();
    const clients = {
      'dhclient.eth0': 'dhclient\0-4\0eth0',
      'dhclient6.eth0': 'dhclient\0-6\0eth0',
      'dhcpcd/eth0-4': 'dhcpcd: eth0 [ip4]',
      'dhcpcd/eth0': 'dhcpcd: eth0 [ip4] [ip6]',
      'udhcpc.eth0': 'udhcpc\0-i\0eth0',
      // Another program has the number of a client that ended long ago.
      'dhcpcd-eth0': 'sshd',
    };
    for (const [index, [name, command]] of Object.entries(clients).entries()) {
      machine.files.write(`/run/${name}.pid`, textFile(`${201 + index}\n`));
      machine.files.write(`/proc/${201 + index}/cmdline`, textFile(command));
    }
    const { plan } = recognise(machine, names);
    if (isRefusal(plan)) throw new Error(plan.reason);
    for (const { path, after } of plan.files) machine.files.write(path, after);
    await managers.ifupdown.takeOver(machine, names);
    const killed = test.commands.filter((command) => command.startsWith('kill'));
    expect(killed.toSorted()).toEqual([201, 202, 203, 204, 205].map((pid) => `kill -KILL ${pid}`));
    expect(machine.files.list('/run/dhcpcd')).toEqual([]);
  });

  it.each([
    [
      'a script that chooses the stanza',
      'mapping eth*\n    script /bin/cat\n\nauto eth0\niface eth0 inet dhcp\n',
      'mapping eth*',
    ],
    [
      'an option that names the uplink in another role',
      'iface eth0 inet dhcp\n    up ethtool -K eth0 tx off\n',
      'up ethtool -K eth0 tx off',
    ],
    [
      'a VLAN on the uplink',
      'iface eth0 inet dhcp\n\niface vlan7 inet static\n    vlan-raw-device eth0\n',
      'vlan-raw-device eth0',
    ],
    [
      'a VLAN with the name of the uplink',
      'iface eth0 inet dhcp\n\niface eth0.7 inet dhcp\n',
      'iface eth0.7 inet dhcp',
    ],
    [
      'a Linux bridge',
      'iface eth0 inet dhcp\n\niface virbr inet manual\n    bridge_ports eth0\n',
      'bridge_ports eth0',
    ],
  ])('%s is refused', async (_name, text, line) => {
    const change = await changeOf('cloudInitEni', { '/etc/network/interfaces.d/50-cloud-init': text });
    expect(change).toMatchObject({ reason: `init cannot tell what becomes of the line "${line}"` });
    const byHand = 'byHand' in change ? change.byHand.join('\n') : '';
    expect(byHand).toMatch(/^auto br0\niface br0 inet dhcp\n[\s\S]*auto eth0\niface eth0 inet manual\n/m);
  });
});

it('NetworkManager is refused, with a profile that has the addresses of the uplink', async () => {
  const change = await changeOf('keyfile');
  expect(change.name).toBe('network-manager');
  expect('byHand' in change && change.byHand.join('\n')).toMatch(
    /interface-name=eth0[\s\S]*method=disabled[\s\S]*interface-name=br0[\s\S]*address1=192.0.2.10\/24,192.0.2.1\ndns=192.0.2.53;\nmethod=manual/,
  );
});

it('an uplink that no known program configures is refused', async () => {
  expect(await changeOf('unknown')).toMatchObject({
    name: 'none',
    reason: expect.stringMatching(/another program/),
  });
});

it('an unused uplink is refused if no program could bring it up at boot', async () => {
  await using test = await openTestMachine({ ...networkFixtures.unknown, addresses: [] });
  expect(recognise(test.process(), names)).toMatchObject({
    name: 'none',
    plan: { reason: expect.stringMatching(/eth0 has no addresses/), byHand: expect.any(Array) },
  });
});

it('NetworkManager is accepted when the uplink has a profile without addresses, and the bridge its own', async () => {
  const profile =
    networkFixtures.keyfile.files['/etc/NetworkManager/system-connections/wired.nmconnection'] ?? '';
  const change = await changeOf('keyfile', {
    '/etc/NetworkManager/system-connections/wired.nmconnection': profile.replace(
      'method=manual',
      'method=disabled',
    ),
    '/run/NetworkManager/devices/3': '[device]\nmanaged=true\n',
  });
  // Without a bridge, it is refused.
  expect(change).toMatchObject({ reason: expect.any(String) });
  await using test = await openTestMachine({
    ...networkFixtures.keyfile,
    files: {
      ...networkFixtures.keyfile.files,
      '/etc/NetworkManager/system-connections/wired.nmconnection': profile.replace(
        'method=manual',
        'method=disabled',
      ),
      '/run/NetworkManager/devices/3': '[device]\nmanaged=true\n',
    },
  });
  test.network.add('br0', { mac: '02:00:00:00:00:01' });
  expect(recognise(test.process(), names)).toMatchObject({ name: 'network-manager', plan: { files: [] } });
});
