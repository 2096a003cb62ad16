import { randomBytes, randomUUID } from 'node:crypto';
import { KeystoneError } from '../errors.ts';
import { flag, json, optionalText, record, text } from '../northbound/external-ids.ts';
import { IdentityTable } from '../northbound/identity-rows.ts';
import type { NbTransaction, Northbound } from '../northbound/northbound.ts';
import type { AccessRule } from './access-rules.ts';
import type { Directory } from './directory.ts';
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
  /** Role ids. */
  readonly roles: readonly string[];
  readonly secret_hash: string;
  /** Whether the credential can be used to create and delete application credentials. */
  readonly unrestricted: boolean;
  /** ISO 8601 in UTC without a zone designator, as in Keystone; null if the credential does not expire. */
  readonly expires_at: string | null;
  /** Ids of the access rules; null if the credential allows every request that its roles allow. */
  readonly access_rules: readonly string[] | null;
}

/** The values of a new credential. */
type Request = Omit<ApplicationCredential, 'id' | 'secret_hash' | 'access_rules'> & {
  readonly secret?: string | undefined;
  readonly accessRules: readonly RequestedRule[];
};

/** The maximum number of credentials per user. It is small because every replica keeps them in memory. */
const LIMIT = 100;

const attributes = record<Omit<ApplicationCredential, 'id'>>({
  name: text('keystone:name'),
  description: optionalText('keystone:description'),
  user_id: text('keystone:user_id'),
  project_id: text('keystone:project_id'),
  roles: json<readonly string[]>('keystone:roles', []),
  secret_hash: text('keystone:secret_hash'),
  unrestricted: flag('keystone:unrestricted', false),
  expires_at: optionalText('keystone:expires_at'),
  access_rules: json<readonly string[] | null>('keystone:access_rules', null),
});

/** The application credentials of all users. */
export class ApplicationCredentials {
  readonly rules: UserRules;
  readonly #nb: Northbound;
  readonly #directory: Directory;
  readonly #table: IdentityTable<ApplicationCredential>;

  constructor(nb: Northbound, directory: Directory) {
    this.#nb = nb;
    this.#directory = directory;
    this.rules = new UserRules(nb);
    this.#table = new IdentityTable(nb, 'application_credential', attributes, ({ user_id, name }) => ({
      unique: `${user_id}/${name}`,
      owner: user_id,
    }));
  }

  /** The access rules of a credential; undefined if it has none. */
  rulesOf({ access_rules: ids }: ApplicationCredential): readonly AccessRule[] | undefined {
    return ids === null ? undefined : ids.flatMap((id) => this.rules.get(id) ?? []);
  }

  get(id: string): ApplicationCredential | undefined {
    return this.#table.get(id);
  }

  /** A user's credential with this name. */
  named(userId: string, name: string): ApplicationCredential | undefined {
    return this.#table.named(`${userId}/${name}`);
  }

  list(userId: string): ApplicationCredential[] {
    return this.#table.owned(userId);
  }

  /**
   * Stores a new credential and returns it with its secret, which cannot be read again.
   *
   * @throws KeystoneError 409 if the user already has a credential with this name, 403 beyond {@link LIMIT},
   * 404 if the user or the project was deleted, and those of {@link UserRules.add}
   */
  async create(request: Request): Promise<{ credential: ApplicationCredential; secret: string }> {
    const { secret = randomBytes(48).toString('base64url'), accessRules, ...rest } = request;
    const id = randomUUID().replaceAll('-', '');
    const secret_hash = await hashPassword(secret);
    const credential = await this.#nb.change((tx) => {
      this.#directory.users.require(request.user_id);
      this.#directory.projects.require(request.project_id);
      if (this.list(request.user_id).length >= LIMIT) {
        throw new KeystoneError(403, `The limit of ${LIMIT} application credentials per user is reached.`);
      }
      if (this.named(request.user_id, request.name)) {
        throw new KeystoneError(
          409,
          `Conflict occurred attempting to store application_credential - Duplicate entry found with name ${request.name}.`,
        );
      }
      const ids = this.rules.add(tx, request.user_id, accessRules);
      // As in Keystone, an empty list of rules means the same as none: every request.
      const access_rules = ids.length > 0 ? ids : null;
      const made: ApplicationCredential = { ...rest, id, secret_hash, access_rules };
      this.#table.insert(tx, made);
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
      const isUsed = this.list(userId).some(({ access_rules: ids }) => ids?.includes(id));
      if (isUsed) throw new KeystoneError(403, 'May not delete access rule in use');
      this.rules.delete(tx, id);
    });
  }

  /** Deletes a credential. Its access rules stay. Tokens that were issued for it become invalid. */
  delete(id: string): Promise<void> {
    return this.#nb.change((tx) => this.#table.delete(tx, id));
  }

  /** Deletes all credentials and access rules of users. Part of a plan. */
  deleteOfUsers(tx: NbTransaction, users: ReadonlySet<string>): void {
    for (const userId of users) {
      for (const { id } of this.#table.owned(userId)) this.#table.delete(tx, id);
      for (const { id } of this.rules.list(userId)) this.rules.delete(tx, id);
    }
  }

  /** Deletes the credentials for projects, except those of the given users. Part of a plan. */
  deleteForProjects(
    tx: NbTransaction,
    projects: ReadonlySet<string>,
    except: ReadonlySet<string> = new Set(),
  ): void {
    for (const { id, project_id, user_id } of this.#table.list()) {
      if (projects.has(project_id) && !except.has(user_id)) this.#table.delete(tx, id);
    }
  }
}
