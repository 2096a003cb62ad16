/**
 * `npm run docs:errors`: writes the pages about errors; `--check` only names those that are not up to date.
 */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { errorPages } from './error-docs/pages.ts';

for (const [path, text] of Object.entries(errorPages)) {
  const file = resolve(import.meta.dirname, '..', path);
  if (!process.argv.includes('--check')) {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
  } else if (!existsSync(file) || readFileSync(file, 'utf8') !== text) {
    process.stderr.write(`${path} is not up to date: npm run docs:errors\n`);
    process.exitCode = 1;
  }
}
