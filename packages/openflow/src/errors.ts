import { errorTable, type OpenFlowErrorCode } from './error-table.ts';

/** Every failure of this package: a stable `code`, what happened (`message`), what to do (`hint`). */
export class OpenFlowError extends Error {
  override readonly name = 'OpenFlowError';
  readonly code: OpenFlowErrorCode;
  readonly hint: string;

  constructor(code: OpenFlowErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
    this.hint = errorTable[code].hint;
  }
}

/** The switch answered with OFPT_ERROR (OpenFlow 1.4 §7.5.4). */
export class OpenFlowRefusal extends OpenFlowError {
  /** ofp_error_type, such as 5 for OFPET_FLOW_MOD_FAILED. */
  readonly type: number;
  /** The code within the type, such as 6 for OFPFMFC_BAD_COMMAND. */
  readonly reason: number;

  constructor(operation: string, type: number, reason: number, name: string) {
    super('OPENFLOW_REFUSED', `${operation}: the switch refused: ${name}`);
    this.type = type;
    this.reason = reason;
  }
}

/**
 * Whether this is an {@link OpenFlowError} with one of these codes; without codes, any.
 *
 * @example
 * ```ts
 * try {
 *   await of.flows();
 * } catch (error) {
 *   if (!isOpenFlowError(error, 'OPENFLOW_CLOSED')) throw error;
 * }
 * ```
 */
export function isOpenFlowError(
  error: unknown,
  ...codes: readonly OpenFlowErrorCode[]
): error is OpenFlowError {
  return error instanceof OpenFlowError && (codes.length === 0 || codes.includes(error.code));
}

/** Returns the error for an argument that cannot be sent. */
export const invalid = (what: string): OpenFlowError => new OpenFlowError('OPENFLOW_INVALID', what);

/** Returns the error for bytes that are no valid OpenFlow. */
export const malformed = (what: string): OpenFlowError => new OpenFlowError('OPENFLOW_MALFORMED', what);
