import { type NeutronErrorType, neutronErrors, programErrors } from './error-table.ts';

/** The Neutron API refuses a request. The answer carries `hint` as `detail`. */
export class NeutronError extends Error {
  override readonly name = 'NeutronError';
  readonly type: NeutronErrorType;
  readonly status: number;
  readonly hint: string;
  /** Seconds after which the caller may try again. */
  retryAfter: number | undefined;

  constructor(type: NeutronErrorType, message: string) {
    super(message);
    const entry: { readonly status: number; readonly hint?: string } = neutronErrors[type];
    this.type = type;
    this.status = entry.status;
    this.hint = entry.hint ?? '';
  }

  /** Sets {@link NeutronError.retryAfter}. */
  retryIn(seconds: number): this {
    this.retryAfter = seconds;
    return this;
  }
}

/** Returns a {@link NeutronError} of a type; `details` are the arguments of the type's message. */
export function neutronError<T extends NeutronErrorType>(
  type: T,
  ...details: Parameters<(typeof neutronErrors)[T]['message']>
): NeutronError {
  const message = neutronErrors[type].message as (...details: unknown[]) => string;
  return new NeutronError(type, message(...details));
}

/** The titles of Keystone's errors by status. */
const keystoneTitles: Readonly<Record<number, string>> = {
  400: 'Bad Request',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'Not Found',
  405: 'Method Not Allowed',
  408: 'Request Timeout',
  409: 'Conflict',
  413: 'Request Entity Too Large',
  414: 'URI Too Long',
  429: 'Too Many Requests',
  431: 'Request Header Fields Too Large',
  500: 'Internal Server Error',
  503: 'Service Unavailable',
};

/** The Keystone API refuses a request: `{error: {code, message, title}}`. */
export class KeystoneError extends Error {
  override readonly name = 'KeystoneError';
  readonly status: number;
  readonly title: string;
  /** Seconds after which the caller may try again. */
  readonly retryAfter: number | undefined;

  constructor(status: number, message: string, retryAfter?: number) {
    super(message);
    this.status = status;
    this.retryAfter = retryAfter;
    this.title = keystoneTitles[status] ?? 'Error';
  }
}

/** Keystone cannot say whether a token is valid, so that the request is refused with 503. */
export class IdentityUnavailableError extends Error {
  override readonly name = 'IdentityUnavailableError';
}

/**
 * Returns Keystone's answer to every wrong credential; it is always the same, so that guessing reveals
 * nothing.
 */
export const unauthorized = (message = 'The request you have made requires authentication.'): KeystoneError =>
  new KeystoneError(401, message);

/** A failure of the program with a stable code and a hint. */
export class ProgramError extends Error {
  override readonly name = 'ProgramError';
  readonly code: keyof typeof programErrors;
  readonly hint: string;

  constructor(code: keyof typeof programErrors, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
    this.hint = programErrors[code].hint;
  }
}

/** Why a change was not carried out, although nothing is wrong with it. */
const REASONS = {
  away: 'OVN Northbound does not answer. Nothing was changed.',
  unknown:
    'The connection to OVN Northbound broke during the change, and OVN Northbound has not been back since. ' +
    'The change may have been carried out.',
  contended: 'Other writers of OVN Northbound were faster too often. Nothing was changed.',
} as const;

/** A change cannot be carried out because of OVN Northbound. The client may try again. */
export class NorthboundAwayError extends Error {
  override readonly name = 'NorthboundAwayError';

  constructor(reason: keyof typeof REASONS, cause?: unknown) {
    super(REASONS[reason], { cause });
  }
}
