import { isMap, parseDocument } from 'yaml';
import { parseAgentConfig } from '../../config/agent-config.ts';

/** Keys of `cloud` that lead to another credential or other files. */
const replaced = ['cloud', 'clouds_yaml', 'certificate', 'key', 'ca'] as const;

/**
 * The configuration with the broker in place of another credential. The user's other lines and comments stay.
 * @throws OvnDockerError `E_CONFIG` when the file is no configuration
 */
export function withBroker(before: string | undefined, url: string): string {
  const document = parseDocument(before ?? '');
  if (!isMap(document.contents)) return `${before ?? ''}cloud: { broker: ${JSON.stringify(url)} }\n`;
  // Reports a file that is broken, before it is changed.
  const { cloud } = parseAgentConfig(before ?? '', 'the configuration');
  const isPlain = replaced.every((key) => cloud[key] === undefined);
  if (cloud.broker === url && isPlain) return before ?? '';
  if (!isMap(document.get('cloud'))) document.set('cloud', document.createNode({}));
  for (const key of replaced) document.deleteIn(['cloud', key]);
  document.setIn(['cloud', 'broker'], url);
  return String(document);
}
