import { DEFAULT_CONFIG_FILE } from '../../config/agent-config.ts';
import { Files, textFile } from '../machine/files.ts';
import { withBroker } from './join-config.ts';

/**
 * Writes the broker into the agent's configuration.
 * @param file the configuration; by default that of the agent
 * @returns whether the file changed
 * @throws OvnDockerError `E_CONFIG`
 */
export function configureBroker(url: string, file = DEFAULT_CONFIG_FILE, files = new Files()): boolean {
  const before = files.text(file);
  const after = withBroker(before, url);
  if (after === before) return false;
  files.write(file, textFile(after));
  return true;
}
