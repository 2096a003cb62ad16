import { describe, expect, it } from 'vitest';
import { optionValues, parseDockerRun, publishesPorts } from './docker-run-arguments.ts';

const parse = (line: string) => parseDockerRun(line.split(' '));

describe('parseDockerRun', () => {
  it('parses the command in docs/source-document.md', () => {
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
      terminal: { sigProxy: true },
    });
  });

  it.each([
    ['-it --rm busybox sh', ['-it', '--rm'], 'busybox', ['sh'], false],
    ['-dit busybox', ['-it'], 'busybox', [], true],
    ['-dp 80:80 nginx', ['-p', '80:80'], 'nginx', [], true],
    ['-ditp80:80 nginx', ['-it', '-p80:80'], 'nginx', [], true],
    ['-d=false -t=true nginx', ['-t=true'], 'nginx', [], false],
    ['-dPe A=b nginx', ['-P', '-e', 'A=b'], 'nginx', [], true],
    ['--name web -p 80:80 nginx -d', ['--name', 'web', '-p', '80:80'], 'nginx', ['-d'], false],
    ['--name=web -e A=b -eC=d nginx', ['--name=web', '-e', 'A=b', '-eC=d'], 'nginx', [], false],
    ['--detach=false -v /a:/b img', ['-v', '/a:/b'], 'img', [], false],
    ['--rm -- img --net=host', ['--rm'], 'img', ['--net=host'], false],
  ])('separates options, image and command: %s', (line, options, image, command, detach) => {
    expect(parse(line)).toMatchObject({ options, image, command, network: undefined, detach });
  });

  it('reads the network in every notation, but only before the image', () => {
    expect(parse('--net none img').network).toBe('none');
    expect(parse('--network=a --net b img').network).toBe('b');
    expect(parse('img --net none').network).toBeUndefined();
  });

  it.each([
    ['--sig-proxy=false --rm img', { sigProxy: false }],
    ['--sig-proxy --rm img', { sigProxy: true }],
    ['--detach-keys ctrl-x,x --sig-proxy=0 --rm img', { sigProxy: false, detachKeys: 'ctrl-x,x' }],
    ['--detach-keys=ctrl-x --rm img', { sigProxy: true, detachKeys: 'ctrl-x' }],
  ])('separates the terminal options, which docker create does not accept: %s', (line, terminal) => {
    expect(parse(line)).toMatchObject({ options: ['--rm'], image: 'img', terminal });
  });

  it('returns no image when there is none', () => {
    expect(parse('--rm').image).toBeUndefined();
  });
});

describe('optionValues', () => {
  it('reads one option in every notation, and no other option', () => {
    const { options } = parse(
      '-l a=1 --label b=2 --label=c=3 -ld=4 --label-file f --dns 10.0.0.1 img -l e=5',
    );
    expect(optionValues(options, '--label', '-l')).toEqual(['a=1', 'b=2', 'c=3', 'd=4']);
    expect(optionValues(options, '--dns')).toEqual(['10.0.0.1']);
    expect(optionValues(options, '--dns-search')).toEqual([]);
  });
});

it.each([
  ['-p 80:80 img', true],
  ['-dp80 img', true],
  ['--publish=80 img', true],
  ['-P img', true],
  ['-itP img', true],
  ['--publish-all img', true],
  ['--publish-all=false img', false],
  ['--expose 80 img -p 80', false],
])('publishesPorts: %s is %s', (line, publishes) => {
  expect(publishesPorts(parse(line).options)).toBe(publishes);
});
