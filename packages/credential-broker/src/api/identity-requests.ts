import { X509Certificate } from 'node:crypto';
import { z } from 'zod';
import { requireSource } from '../access/identify.ts';
import type { Authority } from '../certificates/authority.ts';
import { issueVmCertificate, keyHashOf, publicKeyOf } from '../certificates/vm-certificate.ts';
import type { ParentPorts } from '../cloud/parent-ports.ts';
import { Refusal } from '../errors.ts';
import type { Vm } from '../policy/vm.ts';
import type { Invitation, Invitations } from '../records/invitations.ts';

/** What the broker needs to issue certificates. */
export interface Registrar {
  readonly authority: Authority;
  readonly invitations: Invitations;
  readonly parents: ParentPorts;
  /** Validity of a VM's certificate, in days. */
  readonly days: number;
}

/** The answer to `POST /v1/join` and `POST /v1/renew`. */
export interface Certified {
  /** In PEM. */
  readonly certificate: string;
  /** The CA's certificate in PEM. */
  readonly ca: string;
  readonly vif_id: string;
  readonly project_id: string;
  /** When the certificate expires, in ISO 8601. */
  readonly expires_at: string;
}

const joinBody = z.strictObject({ token: z.string().max(200), csr: z.string() });
const renewBody = z.strictObject({ csr: z.string() });

/**
 * Exchanges a join token and a signing request for the VM's first certificate. If the answer was lost, the
 * same token with the same key brings the same certificate again.
 *
 * @param address from which the request comes
 * @throws Refusal `token`, `signing request`, `source address`, `body`
 */
export async function join(
  registrar: Registrar,
  body: unknown,
  address: string,
): Promise<{ readonly answer: Certified; readonly invitation: Invitation }> {
  const { token, csr } = parse(joinBody, body);
  const { invitations, authority, days } = registrar;
  const invitation = await invitations.ofToken(token);
  if (invitation === undefined) throw new Refusal('token', 'the join token is unknown');
  const { id, expires_at } = invitation;
  if (await invitations.isRevoked(id)) throw new Refusal('token', `the invitation ${id} was revoked`);
  await requireSource(address, invitation, registrar.parents);
  const key = await publicKeyOf(csr);
  const earlier = await invitations.joinOf(id);
  if (earlier === undefined && Date.parse(expires_at) <= Date.now()) {
    throw new Refusal('token', `the join token of invitation ${id} expired at ${expires_at}`);
  }
  const use = earlier ?? {
    at: new Date().toISOString(),
    key_hash: keyHashOf(key),
    certificate: await issueVmCertificate(authority, key, invitation, days),
  };
  const recorded = earlier ?? (await invitations.join(id, use));
  if (recorded.key_hash !== keyHashOf(key)) {
    throw new Refusal('token', `the join token of invitation ${id} was used at ${recorded.at}`);
  }
  return { answer: certified(authority, invitation, recorded.certificate), invitation };
}

/** Issues the VM's next certificate. @throws Refusal `signing request`, `body` */
export async function renew(registrar: Registrar, body: unknown, { invitation }: Vm): Promise<Certified> {
  const key = await publicKeyOf(parse(renewBody, body).csr);
  const { authority, days } = registrar;
  return certified(authority, invitation, await issueVmCertificate(authority, key, invitation, days));
}

function certified({ pem }: Authority, invitation: Invitation, certificate: string): Certified {
  const { vif_id, project_id } = invitation;
  const { validToDate } = new X509Certificate(certificate);
  return { certificate, ca: pem, vif_id, project_id, expires_at: validToDate.toISOString() };
}

function parse<T>(schema: z.ZodType<T>, body: unknown): T {
  const { success, data, error } = schema.safeParse(body);
  if (success) return data;
  const [issue] = error.issues;
  throw new Refusal('body', `${issue?.path.join('.') || 'the body'}: ${issue?.message ?? 'invalid'}`);
}
