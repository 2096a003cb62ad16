import { randomBytes, randomUUID } from 'node:crypto';
import { KeystoneError } from '../errors.ts';
import type { Northbound } from '../northbound/northbound.ts';
import { hashPassword } from './password.ts';

/**
 * A secret that authenticates a user in one project with some of the user's roles. Only its hash is stored.
 */
export interface ApplicationCredential {
  readonly id: string;
  readonly name: string;
  readonly description: string | null;
  readonly user_id: string;
  readonly project_id: string;
  /** Role names. */
  readonly roles: readonly string[];
  readonly secret_hash: string;
  /** Whether the credential can be used to create and delete application credentials. */
  readonly unrestricted: boolean;
  /** ISO 8601 in UTC without a zone designator, as in Keystone; null if the credential does not expire. */
  readonly expires_at: string | null;
}

/**
 * The maximum number of credentials per user. It is small because the credentials of all users are in one
 * row, which every instance of this service keeps in memory.
 */
const LIMIT = 100;
const PREFIX = 'keystone:application_credential:';

/** The application credentials, stored in NB_Global of OVN Northbound, so that all instances share them. */
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

  /**
   * Stores a new credential and returns it with its secret, which cannot be read again.
   *
   * @throws KeystoneError 409 if the user already has a credential with this name, 403 beyond {@link LIMIT}
   */
  async create(
    request: Omit<ApplicationCredential, 'id' | 'secret_hash'> & { readonly secret?: string | undefined },
  ): Promise<{ credential: ApplicationCredential; secret: string }> {
    const { secret = randomBytes(48).toString('base64url'), ...rest } = request;
    const id = randomUUID().replaceAll('-', '');
    const credential = { ...rest, id, secret_hash: await hashPassword(secret) };
    await this.#nb.change((tx) => {
      if (this.list(request.user_id).length >= LIMIT) {
        throw new KeystoneError(403, `The limit of ${LIMIT} application credentials per user is reached.`);
      }
      if (this.list(request.user_id).some(({ name }) => name === request.name)) {
        throw new KeystoneError(
          409,
          `Conflict occurred attempting to store application_credential - Duplicate entry found with name ${request.name}.`,
        );
      }
      this.#nb.set(tx, { [PREFIX + id]: JSON.stringify(credential) });
    });
    return { credential, secret };
  }

  /** Deletes a credential. Tokens that were issued for it become invalid. */
  delete(id: string): Promise<void> {
    return this.#nb.change((tx) => this.#nb.set(tx, { [PREFIX + id]: undefined }));
  }
}
