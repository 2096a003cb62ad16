import { expect, it } from 'vitest';
import { pluggedPort } from '../../test/support/plugged-port.ts';
import { guardedPort, macsNote } from './guarded-port.ts';
import { rowKeys } from './names.ts';

const policy = { dhcp: 'drop' } as const;
const row = (more: Record<string, string> = {}) =>
  pluggedPort({
    name: 'ovn-101',
    vlan: 101,
    ofport: 5,
    externalIds: { [rowKeys.nic]: 'n', [rowKeys.attachedMac]: 'FA:16:3E:00:00:01', ...more },
  });
const own = 'fa:16:3e:00:00:01';
const port = { mac_address: own };

it('a port may use its own MAC address, and those that its allowed address pairs name', () => {
  const pair = (mac_address?: string) => ({
    ip_address: '10.0.0.9',
    ...(mac_address ? { mac_address } : {}),
  });
  const pairs = [pair(), pair(own.toUpperCase()), pair('00:00:5E:00:01:0A'), pair('00:00:5e:00:01:0a')];
  const note = macsNote({ ...port, port_security_enabled: true, allowed_address_pairs: pairs });
  expect(note).toBe('00:00:5e:00:01:0a');
  expect(guardedPort(row({ [rowKeys.macs]: note }), policy)?.macs).toEqual([own, '00:00:5e:00:01:0a']);
  const alone = row({ [rowKeys.macs]: macsNote(port), [rowKeys.claimed]: 'now' });
  expect(guardedPort(alone, policy)).toEqual({ ofport: 5, vlan: 101, macs: [own], mayServeDhcp: false });
});

it('a port without port security may use any MAC address', () => {
  const note = macsNote({ ...port, port_security_enabled: false });
  expect(guardedPort(row({ [rowKeys.macs]: note }), policy)?.macs).toBe('any');
});

it('a container serves DHCP if its claim says so, or the configuration allows it to all', () => {
  const claim = { [rowKeys.dhcpServer]: 'true' };
  expect(guardedPort(row(claim), policy)?.mayServeDhcp).toBe(true);
  expect(guardedPort(row(), { dhcp: 'allow' })?.mayServeDhcp).toBe(true);
});

it('other ports of the bridge, and a port that the switch has not opened, get no flows', () => {
  expect(guardedPort(pluggedPort({ name: 'eth0' }), policy)).toBeUndefined();
  expect(guardedPort(pluggedPort({ name: 'ovn-7' }), policy)).toBeUndefined();
  expect(guardedPort({ ...row(), ofport: undefined }, policy)).toBeUndefined();
  expect(guardedPort({ ...row(), ofport: 65_280 }, policy)).toBeUndefined();
});

it('a row that an agent without guard wrote permits any MAC address while a container may use it', () => {
  expect(guardedPort(row({ [rowKeys.claimed]: 'now' }), policy)?.macs).toBe('unknown');
  expect(guardedPort(row(), policy)?.macs).toEqual([own]);
});

it.each(['', 'x', 'fa:16:3e:00:00', 'fa:16:3e:00:00:01 ', 'ga:16:3e:00:00:01', '\0', '💥'])(
  'what another program wrote as MAC address %j permits nothing',
  (text) => {
    expect(guardedPort(row({ [rowKeys.attachedMac]: text }), policy)?.macs).toEqual([]);
    expect(guardedPort(row({ [rowKeys.attachedMac]: text, [rowKeys.claimed]: 'now' }), policy)?.macs).toEqual(
      [],
    );
    const others = `${text},00:00:5e:00:01:0b 00:00:5E:00:01:0A  ${own}`;
    expect(guardedPort(row({ [rowKeys.macs]: others }), policy)?.macs).toEqual([own, '00:00:5e:00:01:0a']);
  },
);

it('a row without MAC address permits nothing', () => {
  const { [rowKeys.attachedMac]: _, ...externalIds } = row().externalIds;
  expect(guardedPort({ ...row(), externalIds }, policy)?.macs).toEqual([]);
});
