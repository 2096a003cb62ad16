import { stat } from 'node:fs/promises';
import { createSecureContext, getCACertificates, type SecureContext } from 'node:tls';
import { type buildConnector, buildConnector as connectorOf } from 'undici';
import type { CloudConfig } from '../config/cloud-config.ts';
import { readBounded } from '../config/read-file.ts';
import { CloudConfigError } from '../errors.ts';

/** The part of a configuration that decides whom TLS trusts, and as whom the client connects. */
export type TlsConfig = Pick<
  CloudConfig,
  'caFile' | 'certFile' | 'keyFile' | 'insecure' | 'connectTimeoutMs'
>;

/**
 * Returns a connector that trusts the system's certificate authorities, as curl and `openstack` do, and
 * Node's own; or only those of `caFile`. It looks at the files for each connection, so that a renewed
 * certificate needs no restart. While changed files cannot be used, for example because only one of two is
 * written, it keeps using the former ones. Without any, the connection fails with a {@link CloudConfigError}.
 */
export function connectorFor(config: TlsConfig): buildConnector.connector {
  const timeout = config.connectTimeoutMs ?? 10_000;
  const plain = connectorOf({ timeout });
  const renewing = new RenewingConnector(config, timeout);
  return (options, callback) => {
    if (options.protocol !== 'https:') return plain(options, callback);
    renewing.current().then(
      (connect) => connect(options, callback),
      (error: Error) => callback(error, null),
    );
  };
}

/** A connector with the certificates of the files as they are now. */
class RenewingConnector {
  readonly #config: TlsConfig;
  readonly #timeout: number;
  /** What distinguishes the files of `#made` from later ones. */
  #version: string | undefined;
  #made: Promise<buildConnector.connector> | undefined;

  constructor(config: TlsConfig, timeout: number) {
    this.#config = config;
    this.#timeout = timeout;
  }

  async current(): Promise<buildConnector.connector> {
    const { caFile, certFile, keyFile } = this.#config;
    const version = await versionOf([caFile, certFile, keyFile]);
    const former = this.#made;
    if (former !== undefined && version === this.#version) return former;
    this.#version = version;
    // A new connector also forgets the TLS sessions, which would continue with the former certificate.
    this.#made = this.#make().catch((error: unknown) => {
      this.#version = undefined;
      if (former !== undefined) return former;
      this.#made = undefined;
      throw error;
    });
    return this.#made;
  }

  /** Once for many connections: parsing some 300 authorities takes as long as a handshake. */
  async #make(): Promise<buildConnector.connector> {
    const { caFile, certFile, keyFile, insecure } = this.#config;
    const ca = await readPem(caFile, 'CA');
    const cert = await readPem(certFile, 'certificate');
    const key = await readPem(keyFile ?? certFile, 'key');
    return connectorOf({
      timeout: this.#timeout,
      secureContext: contextOf({ ca, ...(cert === undefined ? {} : { cert, key }) }),
      ...(insecure === true ? { rejectUnauthorized: false } : {}),
    });
  }
}

/** Inode, size and time of change of each file. A file that cannot be read causes an error elsewhere. */
async function versionOf(files: readonly (string | undefined)[]): Promise<string> {
  const versions = files.map(async (file) => {
    if (file === undefined) return '';
    const stats = await stat(file, { bigint: true }).catch(() => undefined);
    return `${stats?.ino} ${stats?.size} ${stats?.ctimeNs}`;
  });
  return (await Promise.all(versions)).join(', ');
}

/** @throws {CloudConfigError} CLOUD_FILE_INVALID */
function contextOf(pems: {
  ca?: string | undefined;
  cert?: string;
  key?: string | undefined;
}): SecureContext {
  const ca = pems.ca ?? [...getCACertificates('default'), ...getCACertificates('system')];
  try {
    return createSecureContext({ ...pems, ca });
  } catch (cause) {
    // OpenSSL's words, such as "key values mismatch", contain nothing of the files.
    const message = `certificate and key cannot be used: ${(cause as Error).message}`;
    throw new CloudConfigError('CLOUD_FILE_INVALID', message, { cause });
  }
}

async function readPem(path: string | undefined, what: string): Promise<string | undefined> {
  if (path === undefined) return undefined;
  try {
    return (await readBounded(path, { acceptsPipe: false })).text;
  } catch (cause) {
    if (cause instanceof CloudConfigError) throw cause;
    const message = `the ${what} file ${path} cannot be read`;
    throw new CloudConfigError('CLOUD_FILE_UNREADABLE', message, { cause });
  }
}
