import { nearestKey, suggestion } from '@ovn-docker/config-file/nearest-key';
import { dockerBoolean } from './docker-boolean.ts';
import { containerLabels, DOCKER_NETWORK_LABEL, ownPrefixes } from './known-keys.ts';
import { parseProbe } from './probe-label.ts';

const known: readonly string[] = Object.values(containerLabels);

/**
 * What is wrong with a label of a container; undefined for a good one and for those of other programs.
 */
export function labelMistake(key: string, value: string): string | undefined {
  if (key === containerLabels.securityGroups) {
    return value.replaceAll(',', '').trim() === '' ? `the label ${key} names no security group` : undefined;
  }
  if (key === containerLabels.dhcpServer) {
    return dockerBoolean(value) === undefined
      ? `the label ${key}=${value} has no effect: the value is neither true nor false`
      : undefined;
  }
  if (key === containerLabels.probe) {
    return parseProbe(value) === undefined
      ? `the label ${key}=${value.slice(0, 100)} has no effect: write gateway, tcp:PORT, http:/PATH or http:PORT/PATH`
      : undefined;
  }
  if (known.includes(key) || key === DOCKER_NETWORK_LABEL) return undefined;
  const isOwn = ownPrefixes.some(
    (prefix) => prefix.includes('ovn-docker') && key.toLowerCase().startsWith(prefix),
  );
  if (!isOwn && nearestKey(key, known) === undefined) return undefined;
  return `ovn-docker has no label ${key}${suggestion(key, known)}`;
}
