import { join } from 'node:path';
import { type CommandResult, type Lab, repository, unpackDebianPackages } from '@ovn-docker/lab';

/** Path of the unpacked Ansible: 300 MB that only this test needs. */
const directory = join(repository, '.tools', 'ansible');

/** Unpacks Ansible 7.7 of Debian 12 with those of its dependencies that ovn-docker's tests do not install. */
export function unpackAnsible(): void {
  const dependencies = ['python3-resolvelib', 'python3-dnspython', 'python3-httplib2', 'python3-netaddr'];
  unpackDebianPackages(directory, {
    suite: 'bookworm',
    packages: ['ansible', 'ansible-core', ...dependencies],
    expected: ['ansible', '7.7'],
  });
}

/** Runs a playbook of this repository on the physical machine of the lab. */
export function runPlaybook(lab: Lab, playbook: string, inventory: string): Promise<CommandResult> {
  const program = join(directory, 'usr/bin/ansible-playbook');
  return lab.machine('phys').run(['/usr/bin/python3', program, '-i', inventory, join(repository, playbook)], {
    timeoutMs: 600_000,
    env: {
      PYTHONPATH: join(directory, 'usr/lib/python3/dist-packages'),
      ANSIBLE_NOCOLOR: '1',
      // ~/.ansible is this computer's.
      ANSIBLE_HOME: '/run/ansible',
    },
  });
}
