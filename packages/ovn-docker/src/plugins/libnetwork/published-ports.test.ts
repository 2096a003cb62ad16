import { expect, it } from 'vitest';
import { publishedPorts, requirePublishable } from './published-ports.ts';

const portmap = (...ports: unknown[]) => ({ 'com.docker.network.portmap': ports });
/** As dockerd 20.10 sends it (libnetwork-trace). */
const recorded = { Proto: 6, IP: '', Port: 80, HostIP: '', HostPort: 8088, HostPortEnd: 8088 };

it.each([
  [portmap(recorded), '8088->80/tcp'],
  [portmap({ ...recorded, HostIP: '127.0.0.1', Proto: 17 }), '127.0.0.1:8088->80/udp'],
  // As dockerd 28.5.2 sends `-p 127.0.0.1:8081:80/udp -P --expose 82`.
  [
    portmap(
      { Proto: 17, IP: '', Port: 80, HostIP: '127.0.0.1', HostPort: 8081, HostPortEnd: 8081 },
      { Proto: 6, IP: '', Port: 82, HostIP: '', HostPort: 0, HostPortEnd: 0 },
    ),
    '127.0.0.1:8081->80/udp, 82/tcp',
  ],
  [portmap({ Proto: 132, Port: 80 }, { Proto: 6, Port: 81, HostPort: 0 }), '80/sctp, 81/tcp'],
  [portmap({ unknown: true }), 'a port'],
  [portmap({ ...recorded, HostIP: 'an address \0 \ud800' }), 'a port'],
  [portmap(), undefined],
  [{ 'com.docker.network.endpoint.exposedports': [{ Proto: 6, Port: 80 }] }, undefined],
  [null, undefined],
])('scenario 47: the published ports of %j are %j', (options, text) => {
  expect(publishedPorts(options)).toBe(text);
});

it('a container that publishes a thousand ports has a short description', () => {
  const ports = Array.from({ length: 1000 }, (_, index) => ({ ...recorded, HostPort: 1000 + index }));
  expect(publishedPorts(portmap(...ports))).toMatch(/^1000->80\/tcp, .*, 992 more$/);
});

it('only `refuse` refuses, and only published ports', () => {
  requirePublishable(undefined, 'refuse');
  requirePublishable('8088->80/tcp', 'warn');
  expect(() => requirePublishable('8088->80/tcp', 'refuse')).toThrow(
    expect.objectContaining({ code: 'E_PUBLISH', message: expect.stringContaining('8088->80/tcp') }),
  );
});
