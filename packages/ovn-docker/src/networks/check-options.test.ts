import { describe, expect, it } from 'vitest';
import { checkOptions } from './check-options.ts';

const ID = '6fd6997b-023a-4779-93e4-3c56836d96f2';

describe('keys', () => {
  it.each([
    ['neutron.net.nmae', 'neutron.net.name'],
    ['neutron.security-groups', 'neutron.security_groups'],
    ['Neutron.net.name', 'neutron.net.name'],
    ['nuetron.net.name', 'neutron.net.name'],
    ['com.docker.network.drvier.mtu', 'com.docker.network.driver.mtu'],
  ])('%s is refused, and the error suggests %s', (key, meant) => {
    for (const flag of ['-o', '--ipam-opt'] as const) {
      expect(() => checkOptions({ [key]: 'LS1' }, flag)).toThrow(
        expect.objectContaining({
          code: 'E_OPTION_UNKNOWN',
          message: `there is no option ${flag} ${key} (did you mean "${meant}"?)`,
        }),
      );
    }
  });

  it.each(['neutron.colour', 'org.ovn-docker.security-groups', 'ovn-docker.nic'])(
    '%s, which resembles no option, is refused: the hint lists all options',
    (key) => {
      expect(() => checkOptions({ [key]: 'x' }, '-o')).toThrow(
        expect.objectContaining({
          code: 'E_OPTION_UNKNOWN',
          hint: expect.stringContaining('neutron.net.name, neutron.net.shared'),
        }),
      );
    },
  );

  it('an unknown key causes a warning, a key of Docker none', () => {
    const options = { foo: 'bar', 'com.docker.network.bridge.name': 'b', 'neutron.net.name': 'LS1' };
    expect(checkOptions(options, '-o')).toEqual(['ovn-docker does not know -o foo and ignores it']);
  });
});

describe('values', () => {
  it.each([
    [{ 'neutron.net.name': '' }, 'empty'],
    [{ 'neutron.net.name': '  ' }, 'empty'],
    [{ 'neutron.security_groups': '' }, 'empty'],
    [{ 'neutron.security_groups': ', ,' }, 'names no security group'],
    [{ 'neutron.net.uuid': 'LS1' }, 'is not an id'],
    [{ 'neutron.net.uuid': ID, 'neutron.net.name': 'LS1' }, 'both neutron.net.uuid and neutron.net.name'],
    [{ 'neutron.pool.v6.uuid': ID, 'neutron.pool.v6.name': 'p' }, 'both'],
    [{ 'neutron.net.shared': 'maybe' }, 'neither true nor false'],
    [{ 'neutron.publish': 'Warn' }, 'none of warn, refuse'],
    [{ 'com.docker.network.driver.mtu': 'big' }, 'not an MTU'],
    [{ 'com.docker.network.driver.mtu': '' }, 'empty'],
  ])('%j is refused', (options, words) => {
    expect(() => checkOptions(options as Record<string, string>, '-o')).toThrow(
      expect.objectContaining({ code: 'E_NETWORK_OPTION', message: expect.stringContaining(words) }),
    );
  });

  it('accepts every option with a value of its kind', () => {
    expect(
      checkOptions(
        {
          'neutron.net.uuid': ID,
          'neutron.subnet.name': 'a',
          'neutron.subnet.v6.uuid': ID,
          'neutron.security_groups': 'default, web',
          'neutron.publish': 'refuse',
          'neutron.net.shared': 'False',
          'com.docker.network.driver.mtu': '1400',
        },
        '-o',
      ),
    ).toEqual([]);
  });
});
