import { explained, isNotFound } from './refusals.ts';

/**
 * Deletes a resource of Neutron. It is no error when Neutron says that the resource does not exist.
 * @throws OvnDockerError the error for the user when Neutron fails or refuses
 */
export async function deleteIfPresent(
  collection: { delete(id: string): Promise<void> },
  id: string,
): Promise<void> {
  await explained(
    collection.delete(id).catch((error: unknown) => {
      if (!isNotFound(error)) throw error;
    }),
  );
}
