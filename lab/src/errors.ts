/** The errors of the lab by their codes. `npm run docs:errors` writes docs/errors.md from this table. */
export const labErrorTable = {
  LAB_NOT_ROOT: {
    when: 'A user other than root raises the lab.',
    hint: 'run it as root: namespaces, mounts and Docker require root',
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
    when: 'Another process is raising or taking down the lab of that name.',
    hint: 'wait for it, or use another --name',
  },
  LAB_MACHINE: {
    when: 'There is no such machine, or no such log in it.',
    hint: '`npm run lab -- status` lists the machines, `npm run lab -- logs MACHINE` the logs of one',
  },
  LAB_STEP: {
    when: 'A step of raising the lab, or a command in a machine, failed.',
    hint: 'the logs are below .lab/; `npm stop` takes the lab down',
  },
  LAB_CHECK: {
    when: 'A check of `npm start` failed.',
    hint: 'the lab is still up: look around with `npm run lab -- status`, `exec` and `logs`',
  },
  LAB_INSTALL: {
    when: 'The packages of the real Keystone and Neutron, or of another Docker or OVN, could not be installed.',
    hint: 'read apt’s message; scripts/install-tools, lab/src/engines and lab/src/ovn-releases list the packages',
  },
  LAB_NOT_BUILT: {
    when: 'A program is not bundled yet.',
    hint: 'run `npm run build`',
  },
  LAB_TIMEOUT: {
    when: 'The lab waited for something that did not happen in time.',
    hint: 'the machine may be overloaded; the logs are below .lab/',
  },
} as const;

/** An error for the user: the lab prints message, code and hint. */
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
