import { expect, it } from 'vitest';
import { parseDockerRun } from './docker-run-arguments.ts';
import { readNoneNetwork } from './none-network-options.ts';

const read = (line: string, publish: 'warn' | 'refuse' = 'warn') =>
  readNoneNetwork(parseDockerRun(line.split(' ')), publish);

it('the agent gets the addresses, and Docker, which would refuse them, does not', () => {
  const { parsed, wanted } = read('--ip 10.0.0.9 --rm --ip6=fd00::9 --mac-address 02:42:ac:11:00:09 img');
  expect(parsed.options).toEqual(['--rm']);
  expect(wanted).toEqual({ addresses: ['10.0.0.9', 'fd00::9'], mac: '02:42:ac:11:00:09' });
});

it.each([
  ['--ip fd00::9 img', '--ip fd00::9 is not an IPv4 address'],
  ['--ip6 10.0.0.9 img', '--ip6 10.0.0.9 is not an IPv6 address'],
  ['--ip web img', '--ip web is not an IPv4 address'],
  ['--link web img', '--link needs a Docker network'],
  ['--network-alias=web img', '--network-alias needs a Docker network'],
  ['--net-alias web img', '--net-alias needs a Docker network'],
  ['--link-local-ip 169.254.1.1 img', '--link-local-ip needs a Docker network'],
])('refuses what nothing can honour: %s', (line, message) => {
  expect(() => read(line)).toThrow(
    expect.objectContaining({ code: 'E_USAGE', message: expect.stringContaining(message) }),
  );
});

it.each(['-p 80:80 img', '-P img', '--publish 80 img'])('published ports warn or refuse: %s', (line) => {
  expect(read(line).wanted).toEqual({ publishes: true });
  expect(() => read(line, 'refuse')).toThrow(expect.objectContaining({ code: 'E_PUBLISH' }));
});

it('leaves to Docker what Docker does: names, name servers, exposed ports, kernel settings', () => {
  const options = ['--dns', '10.0.0.1', '--add-host', 'a:10.0.0.2', '-h', 'web', '--expose', '80'];
  const { parsed, wanted } = read([...options, 'img'].join(' '), 'refuse');
  expect([parsed.options, wanted]).toEqual([options, {}]);
});

it('kernel settings of eth0, which comes after runc has set them, become those of later interfaces', () => {
  const { parsed } = read(
    '--sysctl net.ipv4.conf.eth0.rp_filter=0 --sysctl=net.ipv6.conf.eth0.disable_ipv6=1 --sysctl net.core.somaxconn=9 img',
  );
  expect(parsed.options).toEqual([
    '--sysctl',
    'net.ipv4.conf.default.rp_filter=0',
    '--sysctl=net.ipv6.conf.default.disable_ipv6=1',
    '--sysctl',
    'net.core.somaxconn=9',
  ]);
});
