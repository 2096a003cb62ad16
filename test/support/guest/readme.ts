import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { repository } from '@ovn-docker/lab';

/** The commands of README's section "In a real VM", word by word. */
export function readmeCommands(): { install: string; init: string; run: string } {
  const readme = readFileSync(join(repository, 'README.md'), 'utf8');
  const [, section = ''] = readme.split('\n## In a real VM\n');
  const [, block = ''] = section.split('```\n');
  const [install = '', init = '', run = '', ...rest] = block.trimEnd().split('\n');
  if (!run || rest.length > 0) throw new Error(`README's section has other lines than three: ${block}`);
  return { install, init, run };
}
