import { randomBytes, randomUUID } from 'node:crypto';
import { KeystoneError } from '../errors.ts';
import type { Northbound } from '../northbound/northbound.ts';
import type { AccessRule } from './access-rules.ts';
import { hashPassword } from './password.ts';
import { type RequestedRule, UserRules } from './user-rules.ts';

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
  /** Ids of the access rules; without any, the credential allows every request that its roles allow. */
  readonly access_rules?: readonly string[];
}

/** The values of a new credential. */
type Request = Omit<ApplicationCredential, 'id' | 'secret_hash' | 'access_rules'> & {
  readonly secret?: string | undefined;
  readonly accessRules: readonly RequestedRule[];
};

/**
 * The maximum number of credentials per user. It is small because the credentials of all users are in one
 * row, which every instance of this service keeps in memory.
 */
const LIMIT = 100;
const PREFIX = 'keystone:application_credential:';

/** The application credentials, stored in NB_Global of OVN Northbound, so that all instances share them. */
export class ApplicationCredentials {
  readonly rules: UserRules;
  readonly #nb: Northbound;

  constructor(nb: Northbound) {
    this.#nb = nb;
    this.rules = new UserRules(nb);
  }

  /** The access rules of a credential; undefined if it has none. */
  rulesOf({ access_rules: ids = [] }: ApplicationCredential): readonly AccessRule[] | undefined {
    return ids.length === 0 ? undefined : ids.flatMap((id) => this.rules.get(id) ?? []);
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
   * @throws KeystoneError 409 if the user already has a credential with this name, 403 beyond {@link LIMIT},
   * and those of {@link UserRules.add}
   */
  async create(request: Request): Promise<{ credential: ApplicationCredential; secret: string }> {
    const { secret = randomBytes(48).toString('base64url'), accessRules, ...rest } = request;
    const id = randomUUID().replaceAll('-', '');
    const secret_hash = await hashPassword(secret);
    const credential = await this.#nb.change((tx) => {
      if (this.list(request.user_id).length >= LIMIT) {
        throw new KeystoneError(403, `The limit of ${LIMIT} application credentials per user is reached.`);
      }
      if (this.list(request.user_id).some(({ name }) => name === request.name)) {
        throw new KeystoneError(
          409,
          `Conflict occurred attempting to store application_credential - Duplicate entry found with name ${request.name}.`,
        );
      }
      const ids = this.rules.add(tx, request.user_id, accessRules);
      const made = { ...rest, id, secret_hash, ...(ids.length > 0 && { access_rules: ids }) };
      this.#nb.set(tx, { [PREFIX + id]: JSON.stringify(made) });
      return made;
    });
    return { credential, secret };
  }

  /**
   * Deletes one of a user's access rules.
   *
   * @throws KeystoneError 403 while a credential has the rule
   */
  deleteRule(userId: string, id: string): Promise<void> {
    return this.#nb.change((tx) => {
      const isUsed = this.list(userId).some(({ access_rules: ids = [] }) => ids.includes(id));
      if (isUsed) throw new KeystoneError(403, 'May not delete access rule in use');
      this.rules.delete(tx, id);
    });
  }

  /** Deletes a credential. Its access rules stay. Tokens that were issued for it become invalid. */
  delete(id: string): Promise<void> {
    return this.#nb.change((tx) => this.#nb.set(tx, { [PREFIX + id]: undefined }));
  }
}
