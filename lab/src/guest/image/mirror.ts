import { LabError } from '../../errors.ts';
import { runTool } from './run-tool.ts';

/** Signs Debian's archive; from the package debian-archive-keyring. */
export const KEYRING = '/usr/share/keyrings/debian-archive-keyring.gpg';

/** Returns the URI of the mirror of Debian 12 that this computer's apt uses. @throws `LAB_INSTALL` */
export function findMirror(): string {
  const format = '$(REPO_URI) $(RELEASE)';
  const targets = runTool([
    'apt-get',
    'indextargets',
    '--format',
    format,
    'Created-By: Packages',
    'Component: main',
  ]);
  const uri = /^(\S+) bookworm$/m.exec(targets)?.[1];
  if (uri === undefined) throw new LabError('LAB_INSTALL', 'apt knows no mirror of Debian 12');
  return uri;
}
