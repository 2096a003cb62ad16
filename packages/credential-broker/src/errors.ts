import { type ProgramErrorCode, programErrors, type Rule, rules } from './error-table.ts';

/** A failure of a command, with a stable code and a hint. */
export class BrokerError extends Error {
  override readonly name = 'BrokerError';
  readonly code: ProgramErrorCode;
  readonly hint: string;

  constructor(code: ProgramErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
    this.hint = programErrors[code].hint;
  }
}

/** `NeutronError.type` where Neutron itself has the same refusal; the agent understands it. */
const types: Partial<Record<Rule, string>> = {
  quota: 'OverQuota',
  rate: 'TooManyRequests',
  body: 'BadRequest',
  'body size': 'RequestTooLarge',
  certificate: 'NotAuthenticated',
};

/** The broker refuses a request by one of its rules. */
export class Refusal extends Error {
  override readonly name = 'Refusal';
  readonly rule: Rule;
  readonly status: number;
  readonly type: string;
  readonly hint: string;
  /** Seconds after which the VM may try again. */
  readonly retryAfter: number | undefined;

  constructor(rule: Rule, message: string, { retryAfter }: { readonly retryAfter?: number } = {}) {
    super(`the broker's rule "${rule}": ${message}`);
    this.rule = rule;
    this.status = rules[rule].status;
    this.type = types[rule] ?? 'BrokerRefused';
    this.hint = rules[rule].hint;
    this.retryAfter = retryAfter;
  }
}

/** What the VM may not see looks as if it did not exist, in Neutron's own words. */
export class Hidden extends Error {
  override readonly name = 'Hidden';
  readonly type: string;

  constructor(kind: 'Port' | 'Network' | 'Subnet' | 'Trunk' | 'SecurityGroup' | 'SubnetPool', id: string) {
    super(
      kind === 'SecurityGroup' ? `Security group ${id} does not exist` : `${kind} ${id} could not be found.`,
    );
    this.type = `${kind}NotFound`;
  }
}
