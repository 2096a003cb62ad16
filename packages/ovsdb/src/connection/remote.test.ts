import { expect, it } from 'vitest';
import { OvsdbSchemaError } from '../errors.ts';
import { parseRemote } from './remote.ts';

it.each([
  ['unix:/run/openvswitch/db.sock', { kind: 'unix', path: '/run/openvswitch/db.sock' }],
  ['unix:relative:colon', { kind: 'unix', path: 'relative:colon' }],
  ['tcp:127.0.0.1:6641', { kind: 'tcp', host: '127.0.0.1', port: 6641 }],
  ['tcp:name', { kind: 'tcp', host: 'name', port: 6640 }],
  ['ssl:[::1]:6642', { kind: 'ssl', host: '::1', port: 6642 }],
  ['ssl:[fe80::1]', { kind: 'ssl', host: 'fe80::1', port: 6640 }],
])('reads %s', (text, remote) => {
  expect(parseRemote(text)).toEqual(remote);
});

it.each([
  '',
  'unix:',
  'tcp:',
  'tcp::6640',
  'tcp:a:b',
  'tcp:a:0',
  'tcp:a:65536',
  'http://a',
  'ptcp:6640',
  'ssl:::1:6640',
])('refuses "%s"', (text) => {
  expect(() => parseRemote(text)).toThrow(OvsdbSchemaError);
});
