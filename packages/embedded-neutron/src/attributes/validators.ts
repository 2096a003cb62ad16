import { z } from 'zod';
import { parsePrefix, versionOf } from '../addresses/addresses.ts';

/**
 * The `params.type` of a Zod issue that the API reports as InvalidInput. It reports all other issues as
 * HTTPBadRequest.
 */
export const CONVERSION = 'InvalidInput';

const shown = (value: unknown): string =>
  typeof value === 'string' ? `'${value}'` : `'${JSON.stringify(value)}'`;

const check = <T>(test: (value: unknown) => boolean, reason: (value: unknown) => string): z.ZodType<T> =>
  z.any().superRefine((value: unknown, context) => {
    if (!test(value)) context.addIssue({ code: 'custom', message: reason(value) });
  }) as unknown as z.ZodType<T>;

/** A string of at most `max` characters. */
export const text = (max = 255): z.ZodType<string> =>
  z.any().superRefine((value: unknown, context) => {
    if (typeof value !== 'string')
      context.addIssue({ code: 'custom', message: `${shown(value)} is not a valid string` });
    else if (value.length > max)
      context.addIssue({ code: 'custom', message: `'${value}' exceeds maximum length of ${max}` });
  }) as unknown as z.ZodType<string>;

/** A boolean, also as one of the words and digits that Neutron accepts. */
export const bool: z.ZodType<boolean> = z.any().transform((value: unknown, context): boolean => {
  const word = String(value).toLowerCase();
  if (word === 'true' || word === '1') return true;
  if (word === 'false' || word === '0') return false;
  context.addIssue({
    code: 'custom',
    message: `${shown(value)} cannot be converted to boolean`,
    params: { type: CONVERSION },
  });
  return z.NEVER;
});

/** An integer within bounds, also as a string of digits. */
export const integer = (min: number, max: number): z.ZodType<number> =>
  z.any().transform((value: unknown, context): number => {
    const number = typeof value === 'string' && /^-?\d+$/.test(value) ? Number(value) : value;
    if (typeof number === 'number' && Number.isInteger(number) && number >= min && number <= max)
      return number;
    const message = Number.isInteger(number)
      ? `'${number}' is not in range ${min} through ${max}`
      : `${shown(value)} is not an integer`;
    context.addIssue({ code: 'custom', message, params: { type: CONVERSION } });
    return z.NEVER;
  });

/** One of the given values. */
export const oneOf = <const T extends string | number>(...values: readonly T[]): z.ZodType<T> =>
  check(
    (value) => values.includes(value as T),
    (value) =>
      `${shown(value)} is not in [${values.map((v) => (typeof v === 'string' ? `'${v}'` : v)).join(', ')}]`,
  );

/** A UUID: 36 characters with hyphens. */
export const uuid: z.ZodType<string> = check(
  (value) => typeof value === 'string' && /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(value),
  (value) => `${shown(value)} is not a valid UUID`,
);

/** A unicast MAC address, converted to lower case. */
export const mac: z.ZodType<string> = z.any().transform((value: unknown, context): string => {
  const valid = typeof value === 'string' && /^[0-9a-f]{2}([:-][0-9a-f]{2}){5}$/i.test(value);
  const lower = valid ? value.toLowerCase().replaceAll('-', ':') : '';
  // The lowest bit of the first octet marks a group address (IEEE 802).
  if (valid && lower !== '00:00:00:00:00:00' && Number.parseInt(lower.slice(0, 2), 16) % 2 === 0)
    return lower;
  context.addIssue({ code: 'custom', message: `${shown(value)} is not a valid MAC address` });
  return z.NEVER;
});

/** An IP address without prefix length. */
export const ip: z.ZodType<string> = check(
  (value) => typeof value === 'string' && versionOf(value) !== undefined,
  (value) => `${shown(value)} is not a valid IP address`,
);

/** An IP address or prefix. */
export const ipOrPrefix: z.ZodType<string> = check(
  (value) => typeof value === 'string' && parsePrefix(value) !== undefined,
  (value) => `${shown(value)} is not a valid IP subnet`,
);

/** A list whose items match `item`. */
export const list = <T>(item: z.ZodType<T>): z.ZodType<readonly T[]> =>
  z.array(item, { error: ({ input }) => `${shown(input)} is not a list` });

/** Tags without duplicates. Neutron documents a limit of 60 characters for each, but accepts 255. */
export const tags: z.ZodType<readonly string[]> = list(text(255)).transform((all) => [...new Set(all)]);
