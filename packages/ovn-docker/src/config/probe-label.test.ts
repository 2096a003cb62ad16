import { expect, it } from 'vitest';
import { labelMistake } from './check-labels.ts';
import { parseProbe } from './probe-label.ts';

it.each([
  ['gateway', { kind: 'gateway' }],
  ['tcp:8080', { kind: 'tcp', port: 8080 }],
  ['tcp:65535', { kind: 'tcp', port: 65_535 }],
  ['http:/', { kind: 'http', port: 80, path: '/' }],
  ['http:/health?full=1', { kind: 'http', port: 80, path: '/health?full=1' }],
  ['http:8080/path', { kind: 'http', port: 8080, path: '/path' }],
])('the label %s is a probe', (label, probe) => {
  expect(parseProbe(label)).toEqual(probe);
  expect(labelMistake('org.ovn-docker.probe', label)).toBeUndefined();
});

it.each([
  '',
  'Gateway',
  'gateway ',
  'tcp',
  'tcp:',
  'tcp:0',
  'tcp:65536',
  'tcp:x',
  'tcp:80,443',
  'http:',
  'http:8080',
  'http:0/',
  'http:/a b',
  'http:/a\r\nHost: x',
  `http:/${'x'.repeat(1024)}`,
  'udp:53',
])('the label %j is none, and has no effect', (label) => {
  expect(parseProbe(label)).toBeUndefined();
  expect(labelMistake('org.ovn-docker.probe', label)).toMatch(/has no effect: write gateway, tcp:PORT/);
});
