import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { codeOf, createOnce, readRecord, unusable } from './record-files.ts';

const time = z.iso.datetime();

const invitationSchema = z.object({
  id: z.string(),
  /** The VM's own port. */
  vif_id: z.string(),
  project_id: z.string(),
  /** Networks on which the VM may create ports; null for the project's and shared ones. */
  networks: z.array(z.string()).nullable(),
  /** Whether the VM may create networks, and delete those that it created. */
  with_networks: z.boolean(),
  /** Addresses or CIDRs from which the VM's requests come; null for the fixed IPs of its port. */
  sources: z.array(z.string()).nullable(),
  max_ports: z.number().nullable(),
  /** SHA-256 of the token's secret, in hexadecimal. */
  secret_hash: z.string(),
  created_at: time,
  /** After this time the token cannot be used any more. */
  expires_at: time,
});

const joinSchema = z.object({
  at: time,
  /** SHA-256 of the public key (SubjectPublicKeyInfo, DER), in hexadecimal. */
  key_hash: z.string(),
  certificate: z.string(),
});

const revocationSchema = z.object({ at: time });

/** A VM's invitation and what it allows. */
export type Invitation = z.output<typeof invitationSchema>;
/** The one use of an invitation. */
export type Join = z.output<typeof joinSchema>;
export type Revocation = z.output<typeof revocationSchema>;

/** What {@link Invitations.create} needs. */
export type NewInvitation = Omit<Invitation, 'id' | 'secret_hash' | 'created_at'>;

/** An id of an invitation: it becomes a part of a file's name. */
const ID = /^[0-9a-f]{16}$/;
const BYTES_OF_SECRET = 32;

/**
 * The invitations in the broker's folder: `invitations/ID.json`, `joins/ID.json` and `revocations/ID.json`.
 * No file is ever changed, and its existence is the state, so that several brokers can share the folder.
 */
export class Invitations {
  readonly #folder: string;
  /** Invitations by id, with the time of change of their file. */
  readonly #known = new Map<string, { readonly changed: number; readonly invitation: Invitation }>();

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** @returns the invitation, and the token that is stored nowhere */
  async create(given: NewInvitation): Promise<{ readonly invitation: Invitation; readonly token: string }> {
    const id = randomBytes(8).toString('hex');
    const secret = randomBytes(BYTES_OF_SECRET).toString('base64url');
    const created_at = new Date().toISOString();
    const invitation = { id, ...given, secret_hash: hashOf(secret), created_at };
    await createOnce(this.#file('invitations', id), JSON.stringify(invitation));
    return { invitation, token: `${id}.${secret}` };
  }

  /** The invitation of a token; undefined if there is none with this secret. Its expiry is not checked. */
  async ofToken(token: string): Promise<Invitation | undefined> {
    const [id = '', secret = ''] = token.split('.', 2);
    const invitation = await this.find(id);
    if (invitation === undefined) return undefined;
    const [given, known] = [hashOf(secret), invitation.secret_hash].map((hash) => Buffer.from(hash, 'hex'));
    return given && known && timingSafeEqual(given, known) ? invitation : undefined;
  }

  /**
   * The invitation with this id; undefined if its file does not exist. Asks the file system at each call, but
   * reads only a file that it has not read before.
   */
  async find(id: string): Promise<Invitation | undefined> {
    if (!ID.test(id)) return undefined;
    const file = this.#file('invitations', id);
    const changed = await changeOf(file);
    if (changed === undefined) {
      this.#known.delete(id);
      return undefined;
    }
    const known = this.#known.get(id);
    if (known?.changed === changed) return known.invitation;
    const invitation = await readJson(file, invitationSchema);
    if (invitation !== undefined) this.#known.set(id, { changed, invitation });
    return invitation;
  }

  async all(): Promise<Invitation[]> {
    const names = await readdir(join(this.#folder, 'invitations')).catch((error: unknown) => {
      if (codeOf(error) === 'ENOENT') return [];
      throw unusable(this.#folder, error);
    });
    const ids = names.filter((name) => name.endsWith('.json')).map((name) => name.slice(0, -'.json'.length));
    const found = await Promise.all(ids.map((id) => this.find(id)));
    return found
      .filter((invitation) => invitation !== undefined)
      .toSorted((a, b) => (a.created_at < b.created_at ? -1 : 1));
  }

  /** Records the one use of an invitation. @returns the recorded use: an earlier one, if there was one */
  async join(id: string, use: Join): Promise<Join> {
    const isFirst = await createOnce(this.#file('joins', id), JSON.stringify(use));
    return isFirst ? use : ((await this.joinOf(id)) ?? use);
  }

  joinOf(id: string): Promise<Join | undefined> {
    return readJson(this.#file('joins', id), joinSchema);
  }

  /** @returns whether the invitation was not revoked before */
  revoke(id: string): Promise<boolean> {
    return createOnce(this.#file('revocations', id), JSON.stringify({ at: new Date().toISOString() }));
  }

  revocationOf(id: string): Promise<Revocation | undefined> {
    return readJson(this.#file('revocations', id), revocationSchema);
  }

  /** Whether an invitation is revoked. Asks the file system at each call. */
  async isRevoked(id: string): Promise<boolean> {
    return (await changeOf(this.#file('revocations', id))) !== undefined;
  }

  #file(kind: 'invitations' | 'joins' | 'revocations', id: string): string {
    return join(this.#folder, kind, `${id}.json`);
  }
}

function hashOf(secret: string): string {
  return createHash('sha256').update(secret).digest('hex');
}

/** When a file was changed, in ms since 1970; undefined if it does not exist. */
async function changeOf(file: string): Promise<number | undefined> {
  try {
    return (await stat(file)).mtimeMs;
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw unusable(file, error);
  }
}

async function readJson<T>(file: string, schema: z.ZodType<T>): Promise<T | undefined> {
  const content = await readRecord(file);
  if (content === undefined) return undefined;
  try {
    return schema.parse(JSON.parse(content));
  } catch (cause) {
    throw unusable(file, new Error('the file is damaged', { cause }));
  }
}
