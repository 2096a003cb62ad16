import { expect, it } from 'vitest';
import { parseAgentConfig, readAgentConfig } from './agent-config.ts';

it('has the defaults of an ordinary VM', () => {
  expect(parseAgentConfig('', 'config.yaml')).toMatchObject({
    ovs: { remote: 'unix:/run/openvswitch/db.sock', bridge: 'br0' },
    uplink: 'eth0',
    socket: '/run/ovn-docker/agent.sock',
    mode: 'auto',
  });
});

it.each([
  ['ovs: {bridge: 7}', 'bridge'],
  ['mode: maybe', 'mode'],
  ['colour: red', 'colour'],
  ['{', 'YAML'],
])('names the wrong place in %j', (text, place) => {
  expect(() => parseAgentConfig(text, 'config.yaml')).toThrowError(
    expect.objectContaining({ code: 'E_CONFIG', message: expect.stringContaining(place) }),
  );
});

it('wants a file that was named to be there', async () => {
  await expect(readAgentConfig('/nonexistent/config.yaml')).rejects.toMatchObject({ code: 'E_CONFIG' });
});
