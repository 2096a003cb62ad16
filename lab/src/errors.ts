/** Every error that the lab reports: when, and what to do. docs/errors.md is written from this table too. */
export const labErrorTable = {
  LAB_NOT_ROOT: {
    when: 'The lab is to be raised by somebody who is not root.',
    hint: 'run it as root: namespaces, mounts and Docker need it',
  },
  LAB_NAME: {
    when: 'The name cannot be part of interface and namespace names.',
    hint: 'use a letter, then at most 7 letters or digits',
  },
  LAB_NOT_UP: {
    when: 'The lab, or the machine, is not up.',
    hint: 'raise it: `npm start`, or `npm run lab -- up`',
  },
  LAB_BUSY: {
    when: 'Another process raises or takes down the lab of that name.',
    hint: 'wait for it, or give yours another --name',
  },
  LAB_MACHINE: {
    when: 'There is no such machine, or no such log in it.',
    hint: '`npm run lab -- status` lists the machines, `npm run lab -- logs MACHINE` its logs',
  },
  LAB_STEP: {
    when: 'A step of raising the lab, or a command in a machine, failed.',
    hint: 'the logs are below .lab/; `npm stop` removes what was raised',
  },
  LAB_CHECK: {
    when: 'Something that `npm start` verifies does not hold.',
    hint: 'the lab is still up: look around with `npm run lab -- status`, `exec` and `logs`',
  },
  LAB_INSTALL: {
    when: 'What the real Keystone and Neutron need could not be installed.',
    hint: 'apt said why; the packages are named in scripts/install-tools',
  },
  LAB_NOT_BUILT: {
    when: 'A program has not been bundled yet.',
    hint: 'run `npm run build`',
  },
  LAB_TIMEOUT: {
    when: 'Something that was waited for did not come in time.',
    hint: 'the machine may be overloaded; the logs are below .lab/',
  },
} as const;

/** An error for the person at the terminal. */
export class LabError extends Error {
  readonly code: keyof typeof labErrorTable;

  constructor(code: keyof typeof labErrorTable, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'LabError';
    this.code = code;
  }

  get hint(): string {
    return labErrorTable[this.code].hint;
  }
}
