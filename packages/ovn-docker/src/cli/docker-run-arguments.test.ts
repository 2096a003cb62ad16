import { describe, expect, it } from 'vitest';
import { parseDockerRun } from './docker-run-arguments.ts';

const parse = (line: string) => parseDockerRun(line.split(' '));

describe('parseDockerRun', () => {
  it("takes apart the source document's own command", () => {
    const parsed = parseDockerRun([
      '-d',
      '--net=none',
      'ubuntu:14.04',
      '/bin/sh',
      '-c',
      'while true; do :; done',
    ]);
    expect(parsed).toEqual({
      options: [],
      image: 'ubuntu:14.04',
      command: ['/bin/sh', '-c', 'while true; do :; done'],
      network: 'none',
      detach: true,
    });
  });

  it.each([
    ['-it --rm busybox sh', ['-it', '--rm'], 'busybox', ['sh'], false],
    ['-dit busybox', ['-it'], 'busybox', [], true],
    ['--name web -p 80:80 nginx -d', ['--name', 'web', '-p', '80:80'], 'nginx', ['-d'], false],
    ['--name=web -e A=b -eC=d nginx', ['--name=web', '-e', 'A=b', '-eC=d'], 'nginx', [], false],
    ['--detach=false -v /a:/b img', ['-v', '/a:/b'], 'img', [], false],
    ['--rm -- img --net=host', ['--rm'], 'img', ['--net=host'], false],
  ])('%s', (line, options, image, command, detach) => {
    expect(parse(line)).toEqual({ options, image, command, network: undefined, detach });
  });

  it('knows every way to name a network, and only before the image', () => {
    expect(parse('--net none img').network).toBe('none');
    expect(parse('--network=a --net b img').network).toBe('b');
    expect(parse('img --net none').network).toBeUndefined();
  });

  it('leaves a missing image for Docker to complain about', () => {
    expect(parse('--rm').image).toBeUndefined();
  });
});
