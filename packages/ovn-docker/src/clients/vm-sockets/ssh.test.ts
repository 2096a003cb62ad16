import { expect, it } from 'vitest';
import { explainSsh } from './ssh.ts';

const vm = { host: 'vm', user: 'debian' };

// The texts are those of OpenSSH 9.2, dash and bash.
it.each([
  [
    255,
    'ssh: connect to host vm port 22: Connection refused\r\n',
    'E_SSH',
    'port 22: Connection refused',
    'by hand',
  ],
  [
    255,
    'ssh: Could not resolve hostname vm: Name or service not known',
    'E_SSH',
    'Could not resolve',
    'by hand',
  ],
  [
    255,
    'debian@vm: Permission denied (publickey,password).',
    'E_SSH',
    'Permission denied',
    'ssh-copy-id debian@vm',
  ],
  [
    255,
    'No ED25519 host key is known for vm\nHost key verification failed.',
    'E_SSH',
    'verification',
    'accept it once',
  ],
  [255, 'hostname contains invalid characters', 'E_SSH', 'invalid characters', 'correct the host'],
  [255, '', 'E_SSH', 'does not say why', 'by hand'],
  [127, 'bash: line 1: ovn-docker: command not found', 'E_NO_PROGRAM', 'debian@vm', 'ovn-docker-agent'],
  [127, 'sh: 1: ovn-docker: not found', 'E_NO_PROGRAM', 'debian@vm', 'ovn-docker-agent'],
  [127, 'ssh: 1: exec: ssh: not found', 'E_SSH', 'cannot run ssh', 'openssh-client'],
  [1, "ovn-docker: unknown command 'system' [E_USAGE]", 'E_VERSION', 'too old', '--version'],
  [
    1,
    'ovn-docker: /etc/ovn-docker/config.yaml is not YAML [E_CONFIG]',
    'E_SSH',
    'not YAML [E_CONFIG]',
    'by hand',
  ],
])('exit code %i with %j is %s', (code, complaint, error, words, hint) => {
  const explained = explainSsh(vm, code, complaint);
  expect(explained).toMatchObject({ code: error, message: expect.stringContaining(words) });
  expect(explained.hint).toContain(hint);
});
