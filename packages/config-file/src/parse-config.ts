import { parse } from 'yaml';
import type { z } from 'zod';
import { describeProblems } from './describe-problems.ts';

/** What is wrong with a configuration. The message names the file, and has one line for each problem. */
export class ConfigProblem extends Error {
  override readonly name = 'ConfigProblem';
}

/**
 * Parses the text of a configuration file. An empty file counts as an empty object.
 * @param path the file, for messages
 * @param prepare changes the value before the schema checks it
 * @throws ConfigProblem when the text is no YAML or does not fit the schema
 */
export function parseConfig<Schema extends z.ZodType>(
  schema: Schema,
  text: string,
  path: string,
  prepare: (value: unknown) => unknown = (value) => value,
): z.output<Schema> {
  let value: unknown;
  try {
    value = parse(text) ?? {};
  } catch (cause) {
    throw new ConfigProblem(`${path} is not YAML: ${(cause as Error).message}`, { cause });
  }
  const parsed = schema.safeParse(prepare(value));
  if (!parsed.success) throw new ConfigProblem(`${path}: ${describeProblems(schema, parsed.error)}`);
  return parsed.data;
}
