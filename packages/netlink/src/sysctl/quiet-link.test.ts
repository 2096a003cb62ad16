import { execFileSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { testNamespaces } from '../../test/support/test-netns.ts';
import { inNetns } from '../namespace/in-netns.ts';
import { Rtnetlink } from '../rtnetlink.ts';
import { quietLink } from './quiet-link.ts';

const namespaces = testNamespaces();

/** Whether a neighbour on the same cable gets an answer from 192.0.2.1, which is an address of the other end's machine. */
function answers(asker: string): boolean {
  return inNetns(asker, () => {
    try {
      execFileSync('ping', ['-c', '1', '-W', '1', '192.0.2.1'], { stdio: 'ignore' });
      return true;
    } catch {
      return false;
    }
  });
}

test('the kernel answers for its addresses on any link, and not on a quiet one', () => {
  const [machine, neighbour] = [namespaces.create(), namespaces.create()];
  using inside = Rtnetlink.open(machine);
  using outside = Rtnetlink.open(neighbour);
  inside.createVeth({ name: 'port', up: true, peer: { name: 'eth0', netns: neighbour } });
  inside.setLink('lo', { up: true });
  inside.addAddress('lo', '192.0.2.1/32');
  inside.addRoute({ to: '192.0.2.2/32', link: 'port' });
  outside.setLink('eth0', { up: true });
  outside.addAddress('eth0', '192.0.2.2/24');
  expect(answers(neighbour)).toBe(true);

  outside.setLink('eth0', { up: false });
  outside.setLink('eth0', { up: true });
  quietLink(machine, 'port');
  expect(answers(neighbour)).toBe(false);
});

test('a link that is not there is an error, and no other setting can be reached', () => {
  const netns = namespaces.create();
  expect(() => quietLink(netns, 'eth7')).toThrow(expect.objectContaining({ code: 'ENODEV' }));
  expect(() => quietLink(netns, '../all')).toThrow(expect.objectContaining({ code: 'EINVAL' }));
});
