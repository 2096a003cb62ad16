/** A recorded configuration of a VM's network: files by their paths, and what a DHCP server assigns. */
export interface NetworkFixture {
  readonly files: Readonly<Record<string, string>>;
  readonly manager: 'networkd' | 'ifupdown' | 'network-manager' | 'none';
  /** What the network manager gives the uplink. */
  readonly addresses: readonly string[];
  readonly gateway?: string;
  /** The network file of systemd-networkd, and the lease's DHCP client identifier. */
  readonly networkFile?: string;
  readonly clientId?: string;
  /** Whether another interface leads to the API. */
  readonly isApiElsewhere?: true;
}

/** The MAC address of the uplink in all fixtures. */
export const MAC = 'fa:16:3e:86:e3:0d';

/** Debian 12's cloud image: cloud-init writes netplan's file, and netplan that of systemd-networkd. */
const netplan: NetworkFixture = {
  manager: 'networkd',
  networkFile: '/run/systemd/network/10-netplan-eth0.network',
  clientId: 'ff3d3e5dfb00020000ab11c2b6e5ee1b0e3e3f',
  addresses: ['10.1.0.84/24'],
  gateway: '10.1.0.1',
  files: {
    '/etc/netplan/50-cloud-init.yaml': `# This file is generated from information provided by the datasource.  Changes
# to it will not persist across an instance reboot.
network:
    version: 2
    ethernets:
        eth0:
            dhcp4: true
            match:
                macaddress: ${MAC}
            set-name: eth0
`,
    '/run/systemd/network/10-netplan-eth0.link': `[Match]
PermanentMACAddress=${MAC}

[Link]
Name=eth0
WakeOnLan=off
`,
    '/run/systemd/network/10-netplan-eth0.network': `[Match]
PermanentMACAddress=${MAC}
Name=eth0

[Network]
DHCP=ipv4
LinkLocalAddressing=ipv6

[DHCP]
RouteMetric=100
UseMTU=true
`,
  },
};

/** Static addresses of both IP versions, routes, rules and name servers, with a drop-in. */
const networkdStatic: NetworkFixture = {
  manager: 'networkd',
  networkFile: '/etc/systemd/network/20-wired.network',
  addresses: ['192.0.2.10/24', '192.0.2.11/24', '2001:db8::10/64'],
  gateway: '192.0.2.1',
  files: {
    '/etc/systemd/network/20-wired.network': `# the wired network
[Match]
Name=en* eth*

[Link]
MACAddress=${MAC}
MTUBytes=1442
RequiredForOnline=routable

[Network]
Address=192.0.2.10/24
Address=2001:db8::10/64
Gateway=192.0.2.1
DNS=192.0.2.53
Domains=example.org

[Address]
Address=192.0.2.11/24
PreferredLifetime=0

[Route]
Destination=198.51.100.0/24
Gateway=192.0.2.254
Metric=50
`,
    '/etc/systemd/network/20-wired.network.d/ntp.conf': `[Network]
NTP=192.0.2.123
`,
  },
};

/** cloud-init's file for ifupdown, as Debian 11's cloud image has it. */
const cloudInitEni: NetworkFixture = {
  manager: 'ifupdown',
  addresses: ['10.1.0.84/24'],
  gateway: '10.1.0.1',
  files: {
    '/etc/cloud/cloud.cfg': 'users:\n  - default\n',
    '/etc/network/interfaces': `# This file describes the network interfaces available on your system
# and how to activate them. For more information, see interfaces(5).

source /etc/network/interfaces.d/*

# The loopback network interface
auto lo
iface lo inet loopback
`,
    '/etc/network/interfaces.d/50-cloud-init': `# This file is generated from information provided by the datasource.  Changes
# to it will not persist across an instance reboot.  To disable cloud-init's
# network configuration capabilities, write a file
# /etc/cloud/cloud.cfg.d/99-disable-network-config.cfg with the following:
# network: {config: disabled}
auto lo
iface lo inet loopback

auto eth0
iface eth0 inet dhcp
`,
  },
};

/** Static addresses with ifupdown, an alias, and a route that names the device. */
const ifupdownStatic: NetworkFixture = {
  manager: 'ifupdown',
  addresses: ['192.0.2.10/24', '192.0.2.11/24', '2001:db8::10/64'],
  gateway: '192.0.2.1',
  files: {
    '/etc/network/interfaces': `source-directory /etc/network/interfaces.d

auto lo
iface lo inet loopback

# The primary network interface
allow-hotplug eth0
iface eth0 inet static
    address 192.0.2.10/24
    gateway 192.0.2.1
    dns-nameservers 192.0.2.53
    up ip route add 198.51.100.0/24 via 192.0.2.254 dev eth0

iface eth0 inet6 static
    address 2001:db8::10/64
    gateway 2001:db8::1

auto eth0:1
iface eth0:1 inet static
    address 192.0.2.11/24
`,
  },
};

/** DHCP and SLAAC with ifupdown; a continued line starts the uplink. */
const ifupdownSlaac: NetworkFixture = {
  manager: 'ifupdown',
  addresses: ['10.1.0.84/24', '2001:db8::f816:3eff:fe86:e30d/64'],
  gateway: '10.1.0.1',
  files: {
    '/etc/network/interfaces': `source /etc/network/interfaces.d/*

auto lo \\
    eth0
iface lo inet loopback
iface eth0 inet dhcp
iface eth0 inet6 auto
`,
    // A directory, which the pattern above matches, and no file of ifupdown.
    '/etc/network/interfaces.d/old/eth0': 'iface eth0 inet static\n    address 192.0.2.9/24\n',
  },
};

/** A keyfile of NetworkManager with a static address. */
const keyfile: NetworkFixture = {
  manager: 'network-manager',
  addresses: ['192.0.2.10/24'],
  gateway: '192.0.2.1',
  files: {
    '/etc/NetworkManager/system-connections/wired.nmconnection': `[connection]
id=wired
uuid=6b3cb4a5-6c55-4c39-8f5d-8c4bd5c1b0ba
type=ethernet
interface-name=eth0

[ethernet]

[ipv4]
address1=192.0.2.10/24,192.0.2.1
dns=192.0.2.53;
method=manual

[ipv6]
addr-gen-mode=default
method=auto
`,
    '/run/NetworkManager/devices/2': `[device]
connection-uuid=6b3cb4a5-6c55-4c39-8f5d-8c4bd5c1b0ba
managed=true
nm-owned=false
route-metric-default-aspired=100
route-metric-default-effective=100
`,
  },
};

/** An interface that was attached to the running VM, of which systemd-networkd has no file. */
const unusedNetworkd: NetworkFixture = {
  manager: 'networkd',
  addresses: [],
  isApiElsewhere: true,
  files: {
    '/run/systemd/network/10-netplan-ens3.network': '[Match]\nName=ens3\n\n[Network]\nDHCP=ipv4\n',
  },
};

/** The same with ifupdown. */
const unusedIfupdown: NetworkFixture = {
  manager: 'ifupdown',
  addresses: [],
  isApiElsewhere: true,
  files: {
    '/etc/network/interfaces': 'auto lo ens3\niface lo inet loopback\niface ens3 inet dhcp\n',
    '/run/network/ifstate': 'lo=lo\nens3=ens3\n',
  },
};

/** Another program gave the uplink its address. */
const unknown: NetworkFixture = {
  manager: 'none',
  addresses: ['192.0.2.10/24'],
  gateway: '192.0.2.1',
  files: { '/etc/hostname': 'vm\n' },
};

export const networkFixtures = {
  netplan,
  networkdStatic,
  cloudInitEni,
  ifupdownStatic,
  ifupdownSlaac,
  unusedNetworkd,
  unusedIfupdown,
  keyfile,
  unknown,
};
