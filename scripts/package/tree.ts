import {
  chmodSync,
  copyFileSync,
  lutimesSync,
  mkdirSync,
  readdirSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';

/** A folder whose files become a package. Their times and modes do not depend on the machine. */
export class Tree {
  readonly folder: string;

  constructor(folder: string) {
    this.folder = folder;
  }

  write(path: string, content: string | Uint8Array, mode = 0o644): void {
    writeFileSync(this.#prepare(path), content);
    chmodSync(this.#prepare(path), mode);
  }

  copy(source: string, path: string, mode = 0o644): void {
    copyFileSync(source, this.#prepare(path));
    chmodSync(this.#prepare(path), mode);
  }

  link(target: string, path: string): void {
    symlinkSync(target, this.#prepare(path));
  }

  /** The paths of all files and links, in a fixed order. */
  files(): string[] {
    return readdirSync(this.folder, { recursive: true, withFileTypes: true })
      .filter((entry) => !entry.isDirectory())
      .map((entry) => join(entry.parentPath, entry.name).slice(this.folder.length + 1))
      .sort();
  }

  /** @param time seconds since 1970 */
  setTimes(time: number): void {
    for (const entry of readdirSync(this.folder, { recursive: true, withFileTypes: true })) {
      const path = join(entry.parentPath, entry.name);
      if (entry.isDirectory()) chmodSync(path, 0o755);
      lutimesSync(path, time, time);
    }
    lutimesSync(this.folder, time, time);
  }

  #prepare(path: string): string {
    const full = join(this.folder, path);
    mkdirSync(dirname(full), { recursive: true });
    return full;
  }
}
