import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Metafile } from 'esbuild';
import { root } from '../bundle.ts';

interface Licence {
  readonly name: string;
  readonly version: string;
  /** As in package.json: `MIT`, `Apache-2.0` … */
  readonly licence: string;
  readonly text: string;
}

/** The licences of the npm modules inside a bundle, by name. */
function bundledLicences({ inputs }: Metafile): Licence[] {
  const folders = Object.keys(inputs).map(
    (path) => /^.*node_modules\/(@[^/]+\/)?[^/]+(?=\/)/.exec(path)?.[0],
  );
  const unique = [...new Set(folders.filter((folder) => folder !== undefined))].toSorted();
  return unique.map((folder) => readLicence(join(root, folder)));
}

function readLicence(folder: string): Licence {
  const { name, version, license } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as {
    name: string;
    version: string;
    license: string;
  };
  const file = readdirSync(folder).find((entry) => /^licen[cs]e/i.test(entry));
  if (file === undefined) throw new Error(`${name} has no licence file`);
  return { name, version, licence: license, text: readFileSync(join(folder, file), 'utf8').trim() };
}

const APACHE =
  'On Debian systems, /usr/share/common-licenses/Apache-2.0 contains the Apache License, version 2.0.';

/** The text of `/usr/share/doc/PACKAGE/copyright`. */
export function copyrightText(metafile: Metafile): string {
  const modules = bundledLicences(metafile).map(({ name, version, licence, text }) =>
    section(`${name} ${version} (${licence})`, text.includes('Apache License') ? APACHE : text),
  );
  return [
    `ovn-docker is licensed under the Apache License, version 2.0. ${APACHE}`,
    'Copyright: the authors of ovn-docker',
    'bin/node is Node.js as its authors released it; copyright-of-node.gz contains its licences.',
    'The program contains these npm modules:',
    ...modules,
  ]
    .join('\n\n')
    .concat('\n');
}

function section(title: string, text: string): string {
  return `${'='.repeat(100)}\n${title}\n\n${text}`;
}
