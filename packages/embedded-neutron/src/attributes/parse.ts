import { neutronError } from '../errors.ts';

/**
 * Reads a value of a request: converts and checks it as Neutron does.
 *
 * @throws Invalid, NeutronError
 */
export type Parse<T> = (value: unknown) => T;

/** A value is not valid. Neutron answers HTTPBadRequest with the name of the attribute and this reason. */
export class Invalid extends Error {
  override readonly name = 'Invalid';
}

/**
 * Reads an attribute of a request.
 *
 * @throws NeutronError HTTPBadRequest if the value is {@link Invalid}, or the error of the parser
 */
export function parseAttribute<T>(name: string, parse: Parse<T>, value: unknown): T {
  try {
    return parse(value);
  } catch (error) {
    if (!(error instanceof Invalid)) throw error;
    throw neutronError('HTTPBadRequest', `Invalid input for ${name}. Reason: ${error.message}.`);
  }
}
