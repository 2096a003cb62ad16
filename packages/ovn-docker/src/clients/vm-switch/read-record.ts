import type { z } from 'zod';

/**
 * Reads a record that an agent has written into the database as JSON. Undefined when it is missing, or when
 * another program has damaged it.
 */
export function readRecord<T>(schema: z.ZodType<T>, record: string | undefined): T | undefined {
  if (record === undefined) return undefined;
  try {
    return schema.safeParse(JSON.parse(record)).data;
  } catch {
    return undefined;
  }
}
