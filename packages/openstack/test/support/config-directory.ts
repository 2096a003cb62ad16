import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { CloudConfig } from '../../src/config/cloud-config.ts';
import { loadCloudConfig } from '../../src/config/load.ts';
import type { CloudConfigSources } from '../../src/config/sources.ts';

/** A temporary directory for configuration files, so that the files of this machine do not affect a test. */
export class ConfigDirectory implements Disposable {
  readonly path = mkdtempSync(join(tmpdir(), 'openstack-config-'));

  /** Writes a file below the directory and returns its path. */
  write(path: string, text: string): string {
    const file = join(this.path, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
    return file;
  }

  /** Loads a configuration with the directories `work` (working directory), `home` and `site`. */
  load(sources: CloudConfigSources = {}, env: Record<string, string> = {}): Promise<CloudConfig> {
    const own = { HOME: join(this.path, 'home'), XDG_CONFIG_DIRS: join(this.path, 'site') };
    return loadCloudConfig({ cwd: join(this.path, 'work'), ...sources, env: { ...own, ...env } });
  }

  [Symbol.dispose](): void {
    rmSync(this.path, { recursive: true });
  }
}
