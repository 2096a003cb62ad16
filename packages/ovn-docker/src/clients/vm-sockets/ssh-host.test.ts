import fc from 'fast-check';
import { expect, it } from 'vitest';
import { nameOf, parseSshHost, sshArguments } from './ssh-host.ts';

it.each([
  ['ssh://vm-a', { host: 'vm-a' }],
  ['ssh://debian@10.1.0.90', { host: '10.1.0.90', user: 'debian' }],
  ['ssh://debian@10.1.0.90:2222/', { host: '10.1.0.90', user: 'debian', port: '2222' }],
  ['ssh://root@[fe80::1%eth0]:22', { host: 'fe80::1%eth0', user: 'root', port: '22' }],
  ['ssh://My_Host', { host: 'My_Host' }],
])('%s', (url, host) => {
  expect(parseSshHost(url)).toEqual(host);
});

it.each([
  ['ssh://', 'the host is missing'],
  ['ssh://debian@', 'the host is missing'],
  ['ssh://-oProxyCommand=touch$IFS/tmp/x', 'characters'],
  ['ssh://-l', 'characters'],
  ['ssh://-oProxyCommand=x@vm', 'characters'],
  ['ssh://a@-oProxyCommand=x', 'characters'],
  ['ssh://$(reboot)', 'characters'],
  ['ssh://vm;reboot', 'characters'],
  ['ssh://`id`@vm', 'characters'],
  ['ssh://vm a', 'characters'],
  ['ssh://vm\n', 'characters'],
  ['ssh://vm:x', 'port'],
  ['ssh://vm:', 'port'],
  ['ssh://vm:-1', 'port'],
  ['ssh://vm/run/docker.sock', 'nothing may follow'],
  ['ssh://vm?a=b', 'nothing may follow'],
  ['ssh://vm#a', 'nothing may follow'],
  ['ssh:vm', 'looks like'],
])('%s is refused: %s', (url, reason) => {
  expect(() => parseSshHost(url)).toThrow(
    expect.objectContaining({ code: 'E_HOST', message: expect.stringContaining(reason) }),
  );
});

it('a password in the URL is refused without being repeated', () => {
  expect(() => parseSshHost('ssh://debian:hunter22@vm')).toThrow(
    expect.objectContaining({ code: 'E_HOST', message: expect.not.stringContaining('hunter22') }),
  );
});

it('no URL becomes an option of ssh or a command of a shell', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), fc.string(), fc.string(), (user, host, port) => {
      for (const url of [`ssh://${host}`, `ssh://${user}@${host}:${port}`]) {
        let parsed: ReturnType<typeof parseSshHost>;
        try {
          parsed = parseSshHost(url);
        } catch {
          continue;
        }
        for (const word of [parsed.host, parsed.user ?? 'x', parsed.port ?? '1'])
          expect(word).toMatch(/^[^-\s'"`$;|&<>(){}\\!*?][^\s'"`$;|&<>(){}\\!*?]*$/);
      }
    }),
    { numRuns: 2000 },
  );
});

it('the arguments of ssh', () => {
  expect(sshArguments({ host: 'vm', user: 'debian', port: '2222' }, 'ovn-docker x')).toEqual([
    '-T',
    '-o',
    'ConnectTimeout=30',
    '-l',
    'debian',
    '-p',
    '2222',
    '--',
    'vm',
    'ovn-docker x',
  ]);
  expect(nameOf({ host: 'vm', user: 'debian', port: '2222' })).toBe('-p 2222 debian@vm');
});
