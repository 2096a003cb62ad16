import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { bundle, loadedAtStart } from './bundle.ts';

/** In bytes. One client of HTTP or one validator of configurations alone is larger. */
const LIMIT = 256 * 1024;

it('every command line loads little code before its command is known', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'ovn-docker-bundle-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const metafile = await bundle('ovn-docker', { folder, sourcemap: false });
  const loaded = loadedAtStart(metafile, 'ovn-docker');
  const modules = [...loaded.keys()].flatMap((path) => Object.keys(metafile.outputs[path]?.inputs ?? {}));
  expect(modules).toContain('packages/ovn-docker/src/cli/program.ts');
  expect(modules.filter((path) => /node_modules\/(undici|zod|yaml|koffi|hono|pino)\//.test(path))).toEqual(
    [],
  );
  expect([...loaded.values()].reduce((sum, bytes) => sum + bytes, 0)).toBeLessThan(LIMIT);
});
