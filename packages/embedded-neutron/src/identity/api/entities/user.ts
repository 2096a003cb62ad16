import { z } from 'zod';
import { KeystoneError } from '../../../errors.ts';
import { deleteUsers } from '../../delete-entities.ts';
import type { User } from '../../entities.ts';
import type { Identity } from '../../identity.ts';
import { homeDomain } from '../home-domain.ts';
import {
  description,
  type EntityApi,
  longName,
  mergeExtra,
  options,
  readChange,
  readNew,
  reference,
  requireSame,
} from './entity-api.ts';

/** A new password. As in Keystone, its length is the only rule. */
export const newPassword = z.string().min(1).max(4096);

const attributes = {
  name: longName,
  password: newPassword.nullish(),
  enabled: z.boolean().optional(),
  domain_id: reference.optional(),
  default_project_id: reference.nullish(),
  options: options.optional(),
  federated: z.array(z.never('embedded-neutron supports no federation')).optional(),
};
/** The description is an additional attribute in Keystone too. */
const noted = { description: description.nullish() };

/** /v3/users. */
export const userApi: EntityApi<User> = {
  singular: 'user',
  plural: 'users',
  filters: ['name', 'domain_id', 'enabled'],
  store: ({ directory }) => directory.users,
  domainOf: ({ domain_id }) => domain_id,
  render: ({ extra, default_project_id, passwordHash: _, ...user }, url) => ({
    ...extra,
    ...user,
    ...(default_project_id !== null && { default_project_id }),
    password_expires_at: null,
    options: {},
    links: { self: `${url}/v3/users/${user.id}` },
  }),
  mayRead: (_identity, { user }, id) => user.id === id,
  make: async ({ identity, caller, hash }, id, body) => {
    const { given, extra } = readNew(attributes, body);
    readNew(noted, extra);
    const domain_id = given.domain_id ?? homeDomain(identity, caller);
    identity.directory.domains.require(domain_id);
    return {
      id,
      name: given.name,
      domain_id,
      enabled: given.enabled ?? true,
      default_project_id: defaultProject(identity, given.default_project_id),
      passwordHash: typeof given.password === 'string' ? await hash(given.password) : undefined,
      extra,
    };
  },
  change: async ({ identity, hash }, body) => {
    const { given, extra } = readChange(attributes, body);
    readNew(noted, extra);
    const changed = typeof given.password === 'string' ? await hash(given.password) : undefined;
    return (before) => {
      requireSame('domain_id', given.domain_id, before.domain_id);
      return {
        ...before,
        name: given.name ?? before.name,
        enabled: given.enabled ?? before.enabled,
        default_project_id:
          given.default_project_id === undefined
            ? before.default_project_id
            : defaultProject(identity, given.default_project_id),
        passwordHash: given.password === null ? undefined : (changed ?? before.passwordHash),
        extra: mergeExtra(before.extra, extra),
      };
    };
  },
  onChange: (tx, { revocations }, before, after) => {
    const isDisabled = before.enabled && !after.enabled;
    if (isDisabled || before.passwordHash !== after.passwordHash) revocations.revokeAll(tx, after.id);
  },
  delete: (tx, identity, { id }) => deleteUsers(tx, identity, new Set([id])),
};

function defaultProject({ directory }: Identity, given: string | null | undefined): string | null {
  if (given && directory.domains.get(given))
    throw new KeystoneError(400, "User's default project ID cannot be a domain ID.");
  return given ?? null;
}
