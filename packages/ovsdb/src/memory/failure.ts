/** An error as a server reports it: the error string of RFC 7047 and the details. */
export class Failure extends Error {
  readonly code: string;

  constructor(code: string, details: string) {
    super(details);
    this.code = code;
  }

  /** RFC 7047 §3.1 `<error>`. */
  toJSON(): { error: string; details: string } {
    return { error: this.code, details: this.message };
  }
}

/** @throws Failure */
export function fail(code: string, details: string): never {
  throw new Failure(code, details);
}
