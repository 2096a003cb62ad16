import { createHash, type X509Certificate } from 'node:crypto';
import { isIP } from 'node:net';
import { connect, type TLSSocket } from 'node:tls';
import { OvnDockerError } from '../../errors.ts';

/** How long the server may take for the handshake, in milliseconds. */
const PATIENCE_MS = 10_000;

/** A chain of certificates that a server sends has 2 to 4. */
const LONGEST_CHAIN = 10;

/** `sha256:` and the SHA-256 of a certificate's DER, in hexadecimal. */
export function hashOf({ raw }: X509Certificate): string {
  return `sha256:${createHash('sha256').update(raw).digest('hex')}`;
}

/**
 * The certificate authority with this hash, from the chain that the server sends. Sends nothing but a TLS
 * handshake without a client certificate. Every server can send the authority's certificate, so this proves
 * nothing about the server: the caller must connect again and trust this authority alone.
 * @param hash as `ovn-docker-broker invite` prints it
 * @returns the certificate in PEM
 * @throws OvnDockerError `E_API_UNREACHABLE` `E_BROKER_CA`
 */
export async function findAuthority(url: URL, hash: string): Promise<string> {
  const chain = await chainOf(url);
  const found = chain.find((certificate) => hashOf(certificate) === hash);
  if (found?.ca) return found.toString();
  const shown = chain.filter(({ ca }) => ca).map(hashOf);
  const other = shown.length === 0 ? 'no certificate authority' : `only ${shown.join(', ')}`;
  throw new OvnDockerError('E_BROKER_CA', `the server at ${url.host} shows ${other}, and not ${hash}`);
}

async function chainOf({ hostname, port }: URL): Promise<X509Certificate[]> {
  const host = hostname.replace(/^\[|\]$/g, '');
  const { promise, resolve, reject } = Promise.withResolvers<X509Certificate[]>();
  // The authority is unknown yet. Nothing is sent over this connection.
  const socket = connect({
    host,
    port: Number(port || 443),
    rejectUnauthorized: false,
    ...(isIP(host) ? {} : { servername: host }),
  });
  socket.setTimeout(PATIENCE_MS, () => socket.destroy(new Error('the handshake took too long')));
  socket.once('secureConnect', () => resolve(certificatesOf(socket)));
  socket.once('error', (cause) => {
    const message = `cannot open a TLS connection to ${host}: ${cause.message}`;
    const hint = 'check the URL of the broker, the route from this VM to it, and whether it runs';
    reject(new OvnDockerError('E_API_UNREACHABLE', message, { cause, hint }));
  });
  try {
    return await promise;
  } finally {
    socket.destroy();
  }
}

function certificatesOf(socket: TLSSocket): X509Certificate[] {
  const chain: X509Certificate[] = [];
  let next = socket.getPeerX509Certificate();
  while (next !== undefined && chain.length < LONGEST_CHAIN) {
    chain.push(next);
    next = next.issuerCertificate;
  }
  return chain;
}
