import { randomBytes, randomUUID } from 'node:crypto';
import { KeystoneError } from '../errors.ts';
import type { Northbound } from '../northbound/northbound.ts';
import { hashPassword } from './password.ts';

/** A secret that stands for a user in one project with some of the user's roles. Only a hash of it is kept. */
export interface ApplicationCredential {
  readonly id: string;
  readonly name: string;
  readonly description: string | null;
  readonly user_id: string;
  readonly project_id: string;
  /** Role names. */
  readonly roles: readonly string[];
  readonly secret_hash: string;
  /** May itself make and delete application credentials. */
  readonly unrestricted: boolean;
  /** ISO 8601 in UTC without zone, as Keystone has it, or null for never. */
  readonly expires_at: string | null;
}

/** Per user: they all live in one row, which every replica holds in memory. */
const LIMIT = 100;
const PREFIX = 'keystone:application_credential:';

/** Application credentials, kept in NB_Global of OVN Northbound: every replica sees them, a restart loses none. */
export class ApplicationCredentials {
  readonly #nb: Northbound;

  constructor(nb: Northbound) {
    this.#nb = nb;
  }

  get(id: string): ApplicationCredential | undefined {
    const text = this.#nb.settings[PREFIX + id];
    return text === undefined ? undefined : (JSON.parse(text) as ApplicationCredential);
  }

  list(userId: string): ApplicationCredential[] {
    return Object.entries(this.#nb.settings)
      .filter(([key]) => key.startsWith(PREFIX))
      .map(([, text]) => JSON.parse(text) as ApplicationCredential)
      .filter((credential) => credential.user_id === userId);
  }

  /** Keeps a new credential. The answered secret is shown this once. @throws KeystoneError 409 for a name in use, 403 beyond the limit */
  async create(
    wanted: Omit<ApplicationCredential, 'id' | 'secret_hash'> & { readonly secret?: string | undefined },
  ): Promise<{ credential: ApplicationCredential; secret: string }> {
    const { secret = randomBytes(48).toString('base64url'), ...rest } = wanted;
    const id = randomUUID().replaceAll('-', '');
    const credential = { ...rest, id, secret_hash: await hashPassword(secret) };
    await this.#nb.change((tx) => {
      if (this.list(wanted.user_id).length >= LIMIT) {
        throw new KeystoneError(403, `The limit of ${LIMIT} application credentials is reached.`);
      }
      if (this.list(wanted.user_id).some(({ name }) => name === wanted.name)) {
        throw new KeystoneError(
          409,
          `Conflict occurred attempting to store application_credential - Duplicate entry found with name ${wanted.name}.`,
        );
      }
      this.#nb.set(tx, { [PREFIX + id]: JSON.stringify(credential) });
    });
    return { credential, secret };
  }

  /** Forgets a credential; its tokens end with it. */
  delete(id: string): Promise<void> {
    return this.#nb.change((tx) => this.#nb.set(tx, { [PREFIX + id]: undefined }));
  }
}
