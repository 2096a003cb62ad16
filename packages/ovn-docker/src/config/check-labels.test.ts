import { expect, it } from 'vitest';
import { labelMistake } from './check-labels.ts';

it.each([
  ['org.ovn-docker.security_groups', 'web', 'did you mean "org.ovn-docker.security-groups"'],
  ['org.ovn-docker.securty-groups', 'web', 'did you mean "org.ovn-docker.security-groups"'],
  ['org.ovndocker.security-groups', 'web', 'did you mean "org.ovn-docker.security-groups"'],
  ['ovn-docker.groups', 'web', 'has no label ovn-docker.groups'],
  ['org.ovn-docker.security-groups', ' , ', 'names no security group'],
  ['org.ovn-docker.security-groups', '', 'names no security group'],
  ['org.ovn-docker.dhcp-server', 'yes', 'neither true nor false'],
  ['org.ovn-docker.dhcp-server', '', 'neither true nor false'],
  ['org.ovn-docker.dhcp-server', 'tRUE', 'neither true nor false'],
  ['ORG.OVN-DOCKER.X', 'web', 'has no label ORG.OVN-DOCKER.X'],
  ['Org.Ovn-Docker.Dhcp-Server', 'true', 'did you mean "org.ovn-docker.dhcp-server"'],
])('the label %s=%s is a mistake', (key, value, words) => {
  expect(labelMistake(key, value)).toContain(words);
});

it.each([
  ['org.ovn-docker.security-groups', 'web,db'],
  ['org.ovn-docker.nic', '6fd6997b-023a-4779-93e4-3c56836d96f2'],
  ['org.ovn-docker.network', 'id'],
  ['com.docker.compose.project', 'x'],
  ['maintainer', ''],
  ['org.ovn-docker.dhcp-server', 'true'],
  ['org.ovn-docker.dhcp-server', 'True'],
  ['org.ovn-docker.dhcp-server', '1'],
  ['org.ovn-docker.dhcp-server', 'f'],
])('the label %s=%s is none', (key, value) => {
  expect(labelMistake(key, value)).toBeUndefined();
});
