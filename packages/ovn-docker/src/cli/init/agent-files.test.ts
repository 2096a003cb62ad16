import { describe, expect, it } from 'vitest';
import { openTestMachine } from '../../../test/support/init-machine.ts';
import { networkFixtures } from '../../../test/support/network-fixtures.ts';
import { parseAgentConfig } from '../../config/agent-config.ts';
import { configText, planAgentFiles } from './agent-files.ts';

const names = { uplink: 'eth0', bridge: 'br1' };

describe('the configuration', () => {
  it.each([
    ['nothing', undefined],
    ['an empty file', ''],
    ['a comment without an end of line', '# the agent of this VM'],
    ['comments in a document', '---\n# the agent of this VM\n\n'],
    ['a document that ends', '# the agent of this VM\n---\n# of ours\n...\n'],
    ['null', 'null\n'],
    ['an empty map', '{}\n'],
    ['other lines', 'pool:\n  low: 1   # few\nuplink: eth7\n# end'],
    ['lines of another system', 'cloud: {cloud: other}\r\nuplink: eth7\r\n'],
  ])('has cloud, uplink and bridge after %s', (_, before) => {
    const config = parseAgentConfig(before ?? '', 'config.yaml');
    const after = parseAgentConfig(configText(before, names, config, 'ovn-docker'), 'config.yaml');
    expect(after).toEqual({
      ...config,
      cloud: { clouds_yaml: '/etc/ovn-docker/clouds.yaml', cloud: 'ovn-docker' },
      uplink: 'eth0',
      ovs: { ...config.ovs, bridge: 'br1' },
    });
  });

  it.each(['2024', 'null', 'yes', '1e3', 'a, b: c', '"', '#1'])(
    'names a cloud and an uplink "%s"',
    (name) => {
      for (const before of [undefined, 'log_level: info\n']) {
        const config = parseAgentConfig(before ?? '', 'config.yaml');
        const text = configText(before, { uplink: name.replaceAll(' ', ''), bridge: 'br0' }, config, name);
        const { cloud, uplink } = parseAgentConfig(text, 'config.yaml');
        expect([cloud.cloud, uplink]).toEqual([name, name.replaceAll(' ', '')]);
      }
    },
  );

  it('keeps its permissions, except that only root can write it', async () => {
    await using test = await openTestMachine(networkFixtures.netplan);
    const machine = test.process();
    const path = '/etc/ovn-docker/config.yaml';
    const content = Buffer.from('log_level: info\n').toString('base64');
    machine.files.write(path, { content, mode: 0o660, uid: 0, gid: 0 });
    const config = parseAgentConfig('log_level: info\n', path);
    const { changes } = planAgentFiles(machine, names, config, undefined);
    expect(changes).toMatchObject([{ path, after: { mode: 0o640 } }]);
  });
});
