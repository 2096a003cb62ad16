/** A file of an image. */
export interface GuestFile {
  readonly text: string;
  /** Default 0644. */
  readonly mode?: number;
}

/** The initial RAM disk replaces it by the MAC address of the guest's port, as cloud-init does. */
export const MAC_PLACEHOLDER = '@MAC@';

/**
 * The files with which Debian's cloud image configures its network: its own one for any interface, and that
 * of cloud-init on OpenStack.
 */
export function netplan(nic: string): Record<string, GuestFile> {
  const any = (name: string) => `\
        all-${name}:
            match:
                name: ${name}*
            dhcp4: true
            dhcp4-overrides:
                use-domains: true
            dhcp6: true
            dhcp6-overrides:
                use-domains: true
`;
  return {
    // Its limit of 10 s is too short for an emulated computer, and `netplan apply` would fail.
    '/etc/systemd/system/netplan-ovs-cleanup.service.d/patience.conf': {
      text: '[Service]\nTimeoutStartSec=120\n',
    },
    '/etc/netplan/90-default.yaml': {
      mode: 0o600,
      text: `network:\n    version: 2\n    ethernets:\n${any('en')}${any('eth')}`,
    },
    '/etc/netplan/50-cloud-init.yaml': {
      mode: 0o600,
      text: `\
# This file is generated from information provided by the datasource.  Changes
# to it will not persist across an instance reboot.  To disable cloud-init's
# network configuration capabilities, write a file
# /etc/cloud/cloud.cfg.d/99-disable-network-config.cfg with the following:
# network: {config: disabled}
network:
    version: 2
    ethernets:
        ${nic}:
            dhcp4: true
            match:
                macaddress: ${MAC_PLACEHOLDER}
            set-name: ${nic}
`,
    },
  };
}

/** The files of an image with ifupdown. */
export function ifupdown(nic: string): Record<string, GuestFile> {
  return {
    '/etc/network/interfaces': {
      text: `\
# This file describes the network interfaces available on your system
# and how to activate them. For more information, see interfaces(5).

source /etc/network/interfaces.d/*

# The loopback network interface
auto lo
iface lo inet loopback
`,
    },
    '/etc/network/interfaces.d/50-cloud-init': {
      text: `auto ${nic}\niface ${nic} inet dhcp\n`,
    },
  };
}
