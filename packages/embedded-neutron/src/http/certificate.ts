import { readFile } from 'node:fs/promises';
import { createSecureContext } from 'node:tls';
import { ProgramError } from '../errors.ts';
import type { Log } from '../log.ts';

/** The paths of PEM files. */
export interface TlsConfig {
  /** The certificate with its chain. */
  readonly certificate: string;
  readonly key: string;
}

/** The contents of the files. */
interface Pair {
  readonly cert: string;
  readonly key: string;
}

/** How often the files are read again, in milliseconds. */
const REREAD_MS = 5_000;

/**
 * The certificate of the listeners. When its files change, new connections get the new one; a pair of files
 * that does not fit together is not used.
 */
export class Certificate implements Disposable {
  readonly #config: TlsConfig;
  readonly #log: Log;
  readonly #timer: NodeJS.Timeout;
  readonly #followers: ((pair: Pair) => void)[] = [];
  #pair: Pair;
  #problem = '';

  constructor(config: TlsConfig, pair: Pair, log: Log, rereadMs: number) {
    this.#config = config;
    this.#pair = pair;
    this.#log = log;
    this.#timer = setInterval(() => void this.reload(), rereadMs);
    this.#timer.unref();
  }

  /** Reads the files. @throws ProgramError CERTIFICATE_UNUSABLE */
  static async open(config: TlsConfig, log: Log, rereadMs = REREAD_MS): Promise<Certificate> {
    const pair = await read(config).catch((cause: Error) => {
      throw new ProgramError('CERTIFICATE_UNUSABLE', cause.message, { cause });
    });
    return new Certificate(config, pair, log, rereadMs);
  }

  /** The certificate and key that new connections use. */
  get pair(): Pair {
    return this.#pair;
  }

  /** Calls `follower` with each new certificate. */
  follow(follower: (pair: Pair) => void): void {
    this.#followers.push(follower);
  }

  /** Reads the files again. Logs each problem once, until it is gone. */
  async reload(): Promise<void> {
    try {
      const pair = await read(this.#config);
      this.#problem = '';
      if (pair.cert === this.#pair.cert && pair.key === this.#pair.key) return;
      this.#pair = pair;
      for (const follower of this.#followers) follower(pair);
      this.#log.info({ msg: 'new connections use the new certificate', file: this.#config.certificate });
    } catch (error) {
      const { message } = error as Error;
      if (message === this.#problem) return;
      this.#problem = message;
      this.#log.error({
        msg: 'the certificate in use stays, because the new one cannot be used',
        error: message,
      });
    }
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer);
  }
}

/** @throws Error which says what is wrong with which file */
async function read({ certificate, key }: TlsConfig): Promise<Pair> {
  const pair = { cert: await readFile(certificate, 'utf8'), key: await readFile(key, 'utf8') };
  try {
    createSecureContext(pair);
  } catch (error) {
    throw new Error(
      `${certificate} and ${key} are not a certificate and its key: ${(error as Error).message}`,
    );
  }
  return pair;
}
