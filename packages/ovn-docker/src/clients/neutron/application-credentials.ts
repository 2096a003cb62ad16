import type { AccessRule, Session } from '@ovn-docker/openstack';
import { makeOnce } from './make-once.ts';

/** Identity API v3, "Application credentials". */
export interface ApplicationCredential {
  readonly id: string;
  readonly name: string;
  readonly description?: string | null;
  readonly project_id: string;
  /** ISO 8601 in UTC without a zone; null if the credential does not expire. */
  readonly expires_at: string | null;
  readonly unrestricted: boolean;
  /** Missing or null if the credential allows every call that its roles allow. */
  readonly access_rules?: readonly AccessRule[] | null;
}

/** The values of a new application credential. */
export interface NewApplicationCredential {
  readonly name: string;
  readonly description: string;
  /** The caller chooses it, so that the credential can be used although Keystone's answer was lost. */
  readonly secret: string;
  readonly expires_at?: string;
  /** All roles of the user in the project, unless named. */
  readonly roles?: readonly { readonly name: string }[];
  readonly access_rules: readonly AccessRule[];
}

/**
 * The application credentials of the session's user. All methods reject with errors of the OpenStack client.
 */
export class ApplicationCredentials {
  readonly #session: Session;

  constructor(session: Session) {
    this.#session = session;
  }

  /** All credentials of the user, in every project. */
  async all(): Promise<ApplicationCredential[]> {
    return (await this.#call('GET', '')).member('application_credentials') as ApplicationCredential[];
  }

  async get(id: string): Promise<ApplicationCredential> {
    const answer = await this.#call('GET', `/${encodeURIComponent(id)}`);
    return answer.member('application_credential') as ApplicationCredential;
  }

  async create(credential: NewApplicationCredential): Promise<ApplicationCredential> {
    // An older credential with this name has another secret: it is not the one whose answer was lost.
    const older = new Set((await this.all()).map(({ id }) => id));
    const body = { application_credential: { ...credential, unrestricted: false } };
    return makeOnce(
      async () =>
        (await this.#call('POST', '', body)).member('application_credential') as ApplicationCredential,
      async () => (await this.all()).find(({ id, name }) => name === credential.name && !older.has(id)),
    );
  }

  async delete(id: string): Promise<void> {
    await this.#call('DELETE', `/${encodeURIComponent(id)}`);
  }

  async #call(method: 'GET' | 'POST' | 'DELETE', rest: string, body?: unknown) {
    const { user } = await this.#session.token();
    const path = `/v3/users/${encodeURIComponent(user.id)}/application_credentials${rest}`;
    return this.#session.request({
      method,
      service: 'identity',
      path,
      ...(body === undefined ? {} : { body }),
    });
  }
}

/** The access rule with which a credential may read itself: others' ids cannot be guessed. */
export function ownExpiryRule(userId: string): AccessRule {
  return { service: 'identity', method: 'GET', path: `/v3/users/${userId}/application_credentials/*` };
}
