import type { Session } from '@ovn-docker/openstack';
import { z } from 'zod';
import { OvnDockerError } from '../../errors.ts';

const time = z.iso.datetime({ offset: true });

const brokeredVm = z.object({
  /** The VM's own port. */
  vif_id: z.string(),
  project_id: z.string(),
  /** Networks on which the VM may create ports; null for all that its project sees. */
  networks: z.array(z.string()).nullable(),
  /** When the VM's certificate expires. */
  expires_at: time,
});

const issued = z.object({
  /** PEM. */
  certificate: z.string(),
  ca: z.string(),
  vif_id: z.string(),
  project_id: z.string(),
  expires_at: time,
});

/** What the broker lets pass for this VM. */
export type BrokeredVm = z.output<typeof brokeredVm>;

/** A new certificate of this VM, with the authority that signed it. */
export type Issued = z.output<typeof issued>;

type Asking = Pick<Session, 'request'>;

/** Asks the broker which VM the certificate names. @throws the errors of the OpenStack client; `E_BROKER` */
export async function askForVm(session: Asking): Promise<BrokeredVm> {
  const { json } = await session.request({ method: 'GET', service: 'broker', path: '/v1/vm' });
  return parsed(brokeredVm, json());
}

/**
 * Exchanges a join token for a certificate. The broker answers the same token and the same key as before, so
 * that a lost answer does no harm.
 */
export async function askToJoin(session: Asking, token: string, csr: string): Promise<Issued> {
  const call = { method: 'POST', service: 'broker', path: '/v1/join', repeatable: true } as const;
  const { json } = await session.request({ ...call, body: { token, csr }, secrets: secretsOf(token) });
  return parsed(issued, json());
}

/** Exchanges a certificate that is still valid for a later one; a second one does no harm. */
export async function askToRenew(session: Asking, csr: string): Promise<Issued> {
  const call = { method: 'POST', service: 'broker', path: '/v1/renew', repeatable: true } as const;
  const { json } = await session.request({ ...call, body: { csr } });
  return parsed(issued, json());
}

/** A token is `ID.SECRET`. */
function secretsOf(token: string): string[] {
  return [token, token.split('.')[1] ?? ''].filter((secret) => secret !== '');
}

function parsed<Schema extends z.ZodType>(schema: Schema, body: unknown): z.output<Schema> {
  const { success, data, error } = schema.safeParse(body);
  if (success) return data;
  const places = error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`).join('; ');
  throw new OvnDockerError('E_BROKER', `the broker's answer is not as expected: ${places}`);
}
