import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { DockerEngine, disablesIpv6 } from './docker-engine.ts';

it('a Docker that accepts a request and never answers, or stops in the middle of its answer, is an error', async () => {
  const socket = join(tmpdir(), `docker-${process.pid}.sock`);
  const silent = createServer(({ url }, answer) => {
    if (url === '/networks') answer.write('[');
  }).listen(socket);
  onTestFinished(() => silent.closeAllConnections());
  onTestFinished(() => void silent.close());
  await using docker = new DockerEngine(socket, 50);
  const noAnswer = { code: 'E_DOCKER_NOT_RUNNING', message: expect.stringContaining('in 50 ms') };
  await expect(docker.version()).rejects.toMatchObject(noAnswer);
  await expect(docker.networks(() => true)).rejects.toMatchObject(noAnswer);
});

it('an event of more than 1 MiB without an end is an error', async () => {
  const socket = join(tmpdir(), `docker-events-${process.pid}.sock`);
  const endless = createServer((_request, answer) => {
    const write = () => {
      while (!answer.destroyed && answer.write('x'.repeat(65_536)));
    };
    answer.on('drain', write);
    write();
  }).listen(socket);
  onTestFinished(() => endless.closeAllConnections());
  onTestFinished(() => void endless.close());
  await using docker = new DockerEngine(socket);
  const events = docker.events('label', new AbortController().signal, async () => undefined);
  await expect(events.next()).rejects.toThrow('1 MiB');
});

it.each([
  [{}, false],
  [{ 'net.ipv6.conf.all.disable_ipv6': '1' }, true],
  [{ 'net.ipv6.conf.default.disable_ipv6': '1' }, true],
  [{ 'net.ipv6.conf.eth0.disable_ipv6': '1' }, true],
  [{ 'net.ipv6.conf.all.disable_ipv6': '0' }, false],
  [{ 'net.ipv6.conf.lo.disable_ipv6': '1', 'net.core.somaxconn': '9' }, false],
])('--sysctl %j disables IPv6 on eth0: %s', (sysctls, disables) => {
  expect(disablesIpv6(sysctls as Record<string, string>)).toBe(disables);
});
