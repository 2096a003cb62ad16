import { mayHaveTakenEffect } from '../errors.ts';
import type { Session } from './session.ts';
import type { AccessRule } from './types.ts';

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
  /** No other credential of the user has this name. */
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
 * The application credentials of the session's user. All methods reject with the errors of
 * {@link Session.request}.
 *
 * @example
 * ```ts
 * import { randomBytes } from 'node:crypto';
 * import { ApplicationCredentials, loadCloudConfig, Session } from '@ovn-docker/openstack';
 *
 * await using session = new Session(await loadCloudConfig({ env: process.env }));
 * const credentials = new ApplicationCredentials(session);
 * const secret = randomBytes(48).toString('base64url');
 * const access_rules = [{ service: 'network', method: 'GET', path: '/v2.0/ports' }];
 * const reader = { name: 'reader', description: 'reads ports', secret, access_rules };
 * const { id } = await credentials.create(reader);
 * console.log(id);
 * ```
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

  /**
   * Creates a restricted credential, which can create no other one. If Keystone's answer is lost, looks for
   * the credential and repeats the request only if Keystone does not have it: names are unique.
   */
  async create(credential: NewApplicationCredential): Promise<ApplicationCredential> {
    // An older credential with this name has another secret: it is not the one whose answer was lost.
    const older = new Set((await this.all()).map(({ id }) => id));
    const find = async () =>
      (await this.all()).find(({ id, name }) => name === credential.name && !older.has(id));
    const body = { application_credential: { ...credential, unrestricted: false } };
    const send = async () =>
      (await this.#call('POST', '', body)).member('application_credential') as ApplicationCredential;
    try {
      return await send();
    } catch (error) {
      if (!mayHaveTakenEffect(error)) throw error;
      return (await find()) ?? (await send());
    }
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
