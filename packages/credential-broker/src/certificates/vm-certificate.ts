import { createHash } from 'node:crypto';
import { Refusal } from '../errors.ts';
import type { Invitation } from '../records/invitations.ts';
import type { Authority } from './authority.ts';
import { Pkcs10CertificateRequest, type PublicKey } from './x509.ts';

const VIF = 'urn:ovn-docker:vif:';
const INVITATION = 'urn:ovn-docker:invitation:';

/** Longest signing request in characters: one with an RSA key of 4096 bits has 1,700. */
const LONGEST_REQUEST = 16_384;

/** Longest exponent of an RSA key in bytes; the usual one, 65537, has three. */
const LONGEST_EXPONENT = 4;

/** Whom a VM's certificate names. */
export interface VmName {
  readonly vifId: string;
  readonly invitationId: string;
}

/** The names in a certificate's alternative names, as Node prints them (`tls.PeerCertificate`). */
export function readVmName(subjectAltName: string | undefined): VmName | undefined {
  const uris = (subjectAltName ?? '').split(', ').map((name) => name.replace(/^URI:/, ''));
  const vifId = uris.find((uri) => uri.startsWith(VIF))?.slice(VIF.length);
  const invitationId = uris.find((uri) => uri.startsWith(INVITATION))?.slice(INVITATION.length);
  return vifId === undefined || invitationId === undefined ? undefined : { vifId, invitationId };
}

/**
 * The public key of a signing request (PKCS #10, RFC 2986). The broker uses nothing else of the request: it
 * decides itself about names, usages and validity.
 *
 * @throws Refusal `signing request`
 */
export async function publicKeyOf(pem: string): Promise<PublicKey> {
  if (pem.length > LONGEST_REQUEST) throw bad(`it has more than ${LONGEST_REQUEST} characters`);
  try {
    const request = new Pkcs10CertificateRequest(pem);
    requireStrong(request.publicKey);
    // The signature proves that the sender has the private key.
    if (!(await request.verify())) throw bad('its signature is wrong');
    return request.publicKey;
  } catch (error) {
    throw error instanceof Refusal ? error : bad('it cannot be parsed');
  }
}

/** SHA-256 of the key's SubjectPublicKeyInfo in hexadecimal. */
export function keyHashOf(key: PublicKey): string {
  return createHash('sha256').update(Buffer.from(key.rawData)).digest('hex');
}

/** Issues a certificate for the VM of an invitation. */
export function issueVmCertificate(
  authority: Authority,
  key: PublicKey,
  { vif_id, id }: Invitation,
  days: number,
): Promise<string> {
  const uris = [VIF + vif_id, INVITATION + id];
  return authority.issueClient(key, { name: `VM ${vif_id}`, uris, days });
}

function requireStrong({ algorithm }: PublicKey): void {
  const {
    name,
    namedCurve = '',
    modulusLength = 0,
    publicExponent = [],
  } = algorithm as {
    readonly name: string;
    readonly namedCurve?: string;
    readonly modulusLength?: number;
    readonly publicExponent?: ArrayLike<number>;
  };
  const isStrong =
    name === 'Ed25519' ||
    (name === 'ECDSA' && ['P-256', 'P-384'].includes(namedCurve)) ||
    // A long exponent would make each check of a signature expensive for the broker.
    (name.startsWith('RSA') &&
      modulusLength >= 2048 &&
      modulusLength <= 4096 &&
      publicExponent.length <= LONGEST_EXPONENT);
  if (!isStrong) throw bad('its key is none of P-256, P-384, Ed25519 and RSA with 2048 to 4096 bits');
}

function bad(problem: string): Refusal {
  return new Refusal('signing request', `the signing request cannot be used: ${problem}`);
}
