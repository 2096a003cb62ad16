/** Every error that the lab reports: what to do about each, by its code. */
const hints = {
  LAB_NOT_ROOT: 'run it as root: namespaces, mounts and Docker need it',
  LAB_NAME:
    'use a letter, then at most 7 letters or digits: it becomes part of interface and namespace names',
  LAB_NOT_UP: 'raise it: `npm start`, or `npm run lab -- up`',
  LAB_MACHINE: '`npm run lab -- status` lists the machines',
  LAB_STEP: 'the logs are below .lab/; `npm stop` removes what was raised',
  LAB_CHECK: 'the lab is still up: look around with `npm run lab -- status`, `exec` and `logs`',
  LAB_NOT_BUILT: 'run `npm run build`',
  LAB_TIMEOUT: 'the machine may be overloaded; the logs are below .lab/',
} as const;

/** An error for the person at the terminal. */
export class LabError extends Error {
  readonly code: keyof typeof hints;

  constructor(code: keyof typeof hints, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'LabError';
    this.code = code;
  }

  get hint(): string {
    return hints[this.code];
  }
}
