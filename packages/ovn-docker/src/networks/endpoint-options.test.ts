import { expect, it } from 'vitest';
import { endpointOptions } from './endpoint-options.ts';

const IFNAME = 'com.docker.network.endpoint.ifname';
/** What dockerd 28.5.2 adds to the user's options. */
const dockers = {
  'com.docker.network.endpoint.dnsservers': ['192.0.2.53'],
  'com.docker.network.endpoint.exposedports': [
    { Proto: 17, Port: 80 },
    { Proto: 6, Port: 82 },
  ],
  'com.docker.network.endpoint.macaddress': 'AgAAAIIF',
  'com.docker.network.portmap': [
    { Proto: 17, IP: '', Port: 80, HostIP: '127.0.0.1', HostPort: 8081, HostPortEnd: 8081 },
    { Proto: 6, IP: '', Port: 82, HostIP: '', HostPort: 0, HostPortEnd: 0 },
  ],
};
const nothing = { securityGroups: [], publish: undefined, interfaceName: undefined, warnings: [] };

it('Docker’s own options are no options of the user', () => {
  expect(endpointOptions(dockers)).toEqual(nothing);
  for (const none of [null, undefined, {}]) expect(endpointOptions(none)).toEqual(nothing);
});

it('reads the options of one endpoint', () => {
  const options = { 'neutron.security_groups': 'db, web', 'neutron.publish': 'refuse', [IFNAME]: 'front' };
  expect(endpointOptions({ ...dockers, ...options, x: 'y' })).toEqual({
    securityGroups: ['db', 'web'],
    publish: 'refuse',
    interfaceName: 'front',
    warnings: ['ovn-docker does not know driver-opt x and ignores it'],
  });
});

it.each([
  ['neutron.security-groups', 'web', 'E_OPTION_UNKNOWN', 'neutron.security_groups'],
  ['neutron.net.name', 'LS1', 'E_OPTION_UNKNOWN', 'driver-opt neutron.net.name'],
  ['neutron.security_groups', ' ', 'E_NETWORK_OPTION', 'empty'],
  ['neutron.publish', 'yes', 'E_NETWORK_OPTION', 'none of warn, refuse'],
])('refuses the option %s=%j', (key, value, code, words) => {
  expect(() => endpointOptions({ [key]: value })).toThrow(
    expect.objectContaining({ code, message: expect.stringContaining(words) }),
  );
});

it.each(['eth0', 'front', 'a', 'fünfzehnbyte..', '123456789012345', 'a.b-c_d', 'all0', '...'])(
  'accepts the name %j for an interface',
  (name) => {
    expect(endpointOptions({ [IFNAME]: name }).interfaceName).toBe(name);
  },
);

it.each(['1234567890123456', 'ääääääää', 'a/b', 'a b', 'a:b', 'eth%d', '%', 'a%%b'])(
  'refuses the name %j for an interface',
  (name) => {
    expect(() => endpointOptions({ [IFNAME]: name })).toThrow(
      expect.objectContaining({ code: 'E_NETWORK_OPTION', hint: expect.stringContaining('percent') }),
    );
  },
);

it.each(['a\0b', 'a\tb', ''])('refuses the name %j, as every option with such a value', (name) => {
  expect(() => endpointOptions({ [IFNAME]: name })).toThrow(
    expect.objectContaining({ code: 'E_NETWORK_OPTION' }),
  );
});

it.each(['.', '..', 'lo', 'all', 'default'])('refuses the name %j, which Linux uses itself', (name) => {
  expect(() => endpointOptions({ [IFNAME]: name })).toThrow(
    expect.objectContaining({ code: 'E_NETWORK_OPTION', hint: expect.stringContaining('another name') }),
  );
});
