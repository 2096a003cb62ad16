import { expect, it } from 'vitest';
import { parseAgentConfig } from './agent-config.ts';

const serve = (yaml: string) => parseAgentConfig(`serve: {${yaml}}`, 'config.yaml').serve;
const TLS = 'tls: {certificate: /c.pem, key: /k.pem}';

it.each([
  ['address: "10.1.0.90:9105"', '10.1.0.90', 9105],
  ['address: "[fd00::5]:9105"', 'fd00::5', 9105],
  ['address: "0.0.0.0:1"', '0.0.0.0', 1],
])('listens on %s with TLS and a CA of clients', (yaml, host, port) => {
  expect(serve(`${yaml}, ${TLS}, client_ca: /ca.pem`)).toMatchObject({ address: { host, port } });
});

it.each(['127.0.0.1:9105', '127.9.9.9:9105', '[::1]:9105'])('on loopback, needs neither: %s', (address) => {
  expect(serve(`address: "${address}"`)?.tls).toBeUndefined();
  expect(serve(`address: "${address}", ${TLS}`)?.client_ca).toBeUndefined();
});

it.each([
  ['address: "10.1.0.90:9105"', 'set tls and client_ca, or listen on 127.0.0.1'],
  [`address: "10.1.0.90:9105", ${TLS}`, 'set client_ca, or listen on 127.0.0.1'],
  ['address: "0.0.0.0:9105"', 'beyond loopback'],
  ['address: "[::]:9105"', 'beyond loopback'],
  ['address: "[::ffff:10.0.0.1]:9105"', 'beyond loopback'],
  ['address: "10.1.0.90:9105", client_ca: /ca.pem', 'client_ca needs tls'],
  ['address: "127.0.0.1:9105", client_ca: /ca.pem', 'client_ca needs tls'],
  ['address: "10.1.0.90"', 'must be an IP address and a port'],
  ['address: "10.1.0.90:x"', 'must be an IP address and a port'],
  ['address: "10.1.0.90:70000"', 'must be an IP address and a port'],
  ['address: "fd00::5:9105"', 'must be an IP address and a port'],
  ['address: "vm-a:9105"', 'must be an IP address and a port'],
  [`${TLS}`, 'serve.address'],
  ['address: "127.0.0.1:1", tls: {certificate: /c.pem}', 'serve.tls.key'],
  ['address: "127.0.0.1:1", tls: {certificate: c.pem, key: /k}', 'must be an absolute path'],
  ['address: "127.0.0.1:1", client-ca: /ca.pem', 'did you mean serve.client_ca'],
])('refuses %s: %s', (yaml, words) => {
  expect(() => serve(yaml)).toThrowError(
    expect.objectContaining({ code: 'E_CONFIG', message: expect.stringContaining(words) }),
  );
});
