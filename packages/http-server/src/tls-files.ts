import { readFile } from 'node:fs/promises';
import { createSecureContext } from 'node:tls';

/** The paths of PEM files. */
export interface TlsPaths {
  /** The server's certificate with its chain. */
  readonly certificate: string;
  readonly key: string;
  /** The certificates that sign those of clients. */
  readonly clientCa?: string | undefined;
}

/** The contents of the files, by the names that `createServer` and `setSecureContext` of node:tls use. */
export interface TlsContents {
  readonly cert: string;
  readonly key: string;
  readonly ca?: string;
}

export interface TlsFilesOptions {
  /** Gets each problem of reading the files again once, until it is gone. */
  readonly onProblem: (problem: Error) => void;
  /** How often the files are read again, in milliseconds; by default 5000. */
  readonly rereadMs?: number;
  /** Returns the text of a file, or throws if the file must not be used. By default, every file is used. */
  readonly read?: (path: string) => Promise<string>;
}

const REREAD_MS = 5000;
const readText = (path: string): Promise<string> => readFile(path, 'utf8');

/**
 * The certificate, the key and the CA of a server, read again when their files change. Files that do not fit
 * together are not used: a program may be writing them. Reading stops when the object is disposed of.
 *
 * @example
 * ```ts
 * import { createServer } from 'node:https';
 *
 * const paths = { certificate: 'server.pem', key: 'server.key' };
 * using files = await TlsFiles.open(paths, { onProblem: console.error });
 * const server = createServer(files.contents);
 * files.follow((contents) => server.setSecureContext(contents));
 * ```
 */
export class TlsFiles implements Disposable {
  readonly #paths: TlsPaths;
  readonly #read: (path: string) => Promise<string>;
  readonly #onProblem: (problem: Error) => void;
  readonly #timer: NodeJS.Timeout;
  readonly #followers: ((contents: TlsContents) => void)[] = [];
  #contents: TlsContents;
  #problem = '';
  #isDisposed = false;

  private constructor(paths: TlsPaths, contents: TlsContents, options: TlsFilesOptions) {
    this.#paths = paths;
    this.#contents = contents;
    this.#read = options.read ?? readText;
    this.#onProblem = options.onProblem;
    this.#timer = setInterval(() => void this.reload(), options.rereadMs ?? REREAD_MS);
    this.#timer.unref();
  }

  /** Reads the files. @throws Error which says what is wrong with which file */
  static async open(paths: TlsPaths, options: TlsFilesOptions): Promise<TlsFiles> {
    return new TlsFiles(paths, await readTogether(paths, options.read ?? readText), options);
  }

  /** What new connections use. */
  get contents(): TlsContents {
    return this.#contents;
  }

  /** Calls `follower` with each new contents. */
  follow(follower: (contents: TlsContents) => void): void {
    this.#followers.push(follower);
  }

  /** Reads the files again now. */
  async reload(): Promise<void> {
    try {
      const contents = await readTogether(this.#paths, this.#read);
      if (this.#isDisposed) return;
      this.#problem = '';
      if (areEqual(contents, this.#contents)) return;
      this.#contents = contents;
      for (const follower of this.#followers) follower(contents);
    } catch (error) {
      const { message } = error as Error;
      if (this.#isDisposed || message === this.#problem) return;
      this.#problem = message;
      this.#onProblem(error as Error);
    }
  }

  [Symbol.dispose](): void {
    this.#isDisposed = true;
    clearInterval(this.#timer);
  }
}

/** @throws Error which says what is wrong with which file */
async function readTogether(
  { certificate, key, clientCa }: TlsPaths,
  read: (path: string) => Promise<string>,
): Promise<TlsContents> {
  const contents = {
    cert: await read(certificate),
    key: await read(key),
    ...(clientCa === undefined ? {} : { ca: await read(clientCa) }),
  };
  try {
    createSecureContext(contents);
  } catch (error) {
    const files =
      clientCa === undefined
        ? `${certificate} and ${key} are not a certificate and its key`
        : `${certificate}, ${key} and ${clientCa} are not a certificate, its key and a CA`;
    throw new Error(`${files}: ${(error as Error).message}`);
  }
  return contents;
}

const areEqual = (one: TlsContents, other: TlsContents): boolean =>
  one.cert === other.cert && one.key === other.key && one.ca === other.ca;
