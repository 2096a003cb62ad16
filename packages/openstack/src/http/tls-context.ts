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
 * Node's own; or only those of `caFile`.
 *
 * @throws {CloudConfigError} CLOUD_FILE_UNREADABLE, CLOUD_FILE_INVALID
 */
export async function connectorFor(config: TlsConfig): Promise<buildConnector.connector> {
  const timeout = config.connectTimeoutMs ?? 10_000;
  const ca = await readPem(config.caFile, 'CA');
  const cert = await readPem(config.certFile, 'certificate');
  const key = await readPem(config.keyFile ?? config.certFile, 'key');
  const plain = connectorOf({ timeout });
  let secure: buildConnector.connector | undefined;
  return (options, callback) => {
    if (options.protocol !== 'https:') return plain(options, callback);
    // Once for all connections: parsing some 300 authorities takes as long as a handshake.
    secure ??= connectorOf({
      timeout,
      secureContext: contextOf({ ca, ...(cert === undefined ? {} : { cert, key }) }),
      ...(config.insecure === true ? { rejectUnauthorized: false } : {}),
    });
    secure(options, callback);
  };
}

function contextOf(pems: {
  ca?: string | undefined;
  cert?: string;
  key?: string | undefined;
}): SecureContext {
  const ca = pems.ca ?? [...getCACertificates('default'), ...getCACertificates('system')];
  return createSecureContext({ ...pems, ca });
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
