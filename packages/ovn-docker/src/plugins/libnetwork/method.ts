import type { z } from 'zod';
import { problemsOf } from '../../clients/outside-text.ts';

/** One method of a driver. */
export interface Method {
  /**
   * Returns the call that handles the request, or what is wrong when the body does not match the method's
   * schema.
   */
  accept(body: unknown): (() => unknown) | string;
}

/** The methods of a driver by their names in Docker's plugin protocol. */
export type Methods = Readonly<Record<string, Method>>;

/** A method whose requests match `schema`; `handle` returns or resolves to the answer. */
export function method<T>(schema: z.ZodType<T>, handle: (request: T) => unknown): Method {
  return {
    accept(body) {
      const parsed = schema.safeParse(body);
      return parsed.success ? () => handle(parsed.data) : problemsOf(parsed.error);
    },
  };
}

/** A method that always returns the same answer and ignores the request. */
export function constant(answer: unknown): Method {
  return { accept: () => () => answer };
}
