import type { TLSSocket } from 'node:tls';
import { readVmName, type VmName } from '../certificates/vm-certificate.ts';
import { Refusal } from '../errors.ts';

/** The VM that a connection's client certificate names. */
export interface Client extends VmName {
  /** When the certificate expires, in ms since 1970. */
  readonly expiresAt: number;
}

/** What a certificate says does not change while its connection lives. */
const known = new WeakMap<TLSSocket, Client>();

/**
 * The client of a connection. OpenSSL has checked the certificate against the CA at the handshake; this
 * function checks the expiry again, because a connection may live longer than its certificate.
 *
 * @throws Refusal `certificate`
 */
export function clientOf(socket: TLSSocket, now = Date.now()): Client {
  const client = known.get(socket) ?? readClient(socket);
  known.set(socket, client);
  if (client.expiresAt <= now) throw new Refusal('certificate', 'the client certificate has expired');
  return client;
}

function readClient(socket: TLSSocket): Client {
  if (!socket.authorized) {
    const reason = String(socket.authorizationError ?? 'there is no client certificate');
    throw new Refusal('certificate', `the client certificate is not accepted: ${reason}`);
  }
  const certificate = socket.getPeerCertificate();
  const name = readVmName(certificate.subjectaltname);
  if (name === undefined) throw new Refusal('certificate', 'the client certificate names no VM');
  return { ...name, expiresAt: Date.parse(certificate.valid_to) };
}
