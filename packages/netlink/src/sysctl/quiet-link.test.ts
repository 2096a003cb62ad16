import { execFileSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { testNamespaces } from '../../test/support/test-netns.ts';
import { inNetns } from '../namespace/in-netns.ts';
import { Rtnetlink } from '../rtnetlink.ts';
import { quietLink } from './quiet-link.ts';

const namespaces = testNamespaces();

/** Whether the machine answers when the neighbour pings 192.0.2.1, the address of the machine's loopback. */
function answersPing(neighbour: string): boolean {
  return inNetns(neighbour, () => {
    try {
      execFileSync('ping', ['-c', '1', '-W', '1', '192.0.2.1'], { stdio: 'ignore' });
      return true;
    } catch {
      return false;
    }
  });
}

test('the kernel answers for its addresses on every link except a quiet one', () => {
  const [machine, neighbour] = [namespaces.create(), namespaces.create()];
  using inside = Rtnetlink.open(machine);
  using outside = Rtnetlink.open(neighbour);
  inside.createVeth({ name: 'port', up: true, peer: { name: 'eth0', netns: neighbour } });
  inside.setLink('lo', { up: true });
  inside.addAddress('lo', '192.0.2.1/32');
  inside.addRoute({ to: '192.0.2.2/32', link: 'port' });
  outside.setLink('eth0', { up: true });
  outside.addAddress('eth0', '192.0.2.2/24');
  expect(answersPing(neighbour)).toBe(true);

  outside.setLink('eth0', { up: false });
  outside.setLink('eth0', { up: true });
  quietLink(machine, 'port');
  expect(answersPing(neighbour)).toBe(false);
});

test('a missing link is an error, and a name with a slash cannot reach another setting', () => {
  const netns = namespaces.create();
  expect(() => quietLink(netns, 'eth7')).toThrow(expect.objectContaining({ code: 'ENODEV' }));
  expect(() => quietLink(netns, '../all')).toThrow(expect.objectContaining({ code: 'EINVAL' }));
});
