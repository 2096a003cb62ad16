import { OvnDockerError } from '../../errors.ts';
import { explained } from './refusals.ts';

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** Whether the text has the form of Neutron's ids. */
export function isUuid(text: string): boolean {
  return UUID.test(text);
}

/** A collection of Neutron, or a list in memory that is searched in the same way. */
interface Searchable<T> {
  all(query: { id: string } | { name: string }): Promise<readonly T[]>;
}

/** The errors for the user; those of networks unless the caller passes others. */
interface LookupErrors<T> {
  readonly unknown: () => Error | Promise<Error>;
  readonly ambiguous: (found: readonly T[]) => Error;
}

/**
 * The one resource with that name or id. A UUID is looked up as an id and, when no resource has that id, as a
 * name; any other text is a name.
 * @param kind what the resource is called in the errors' messages, such as "subnet"
 * @throws OvnDockerError `E_NETWORK_UNKNOWN` or `E_NETWORK_AMBIGUOUS`, unless `errors` says otherwise
 */
export async function findOne<T extends { id: string }>(
  kind: string,
  collection: Searchable<T>,
  nameOrId: string,
  errors: Partial<LookupErrors<T>> = {},
): Promise<T> {
  const byId = isUuid(nameOrId) ? await explained(collection.all({ id: nameOrId })) : [];
  const found = byId.length > 0 ? byId : await explained(collection.all({ name: nameOrId }));
  const [resource, ...others] = found;
  const { unknown, ambiguous } = { ...networkErrors<T>(kind, nameOrId), ...errors };
  if (!resource) throw await unknown();
  if (others.length > 0) throw ambiguous(found);
  return resource;
}

function networkErrors<T extends { id: string }>(kind: string, nameOrId: string): LookupErrors<T> {
  return {
    unknown: () => new OvnDockerError('E_NETWORK_UNKNOWN', `no ${kind} "${nameOrId}"`),
    ambiguous: (found) => {
      const ids = found.map(({ id }) => id).join(', ');
      return new OvnDockerError(
        'E_NETWORK_AMBIGUOUS',
        `${found.length} ${kind}s are called "${nameOrId}": ${ids}`,
      );
    },
  };
}
