import type { Fault, Rule } from './proxy/rules.ts';

/** A call from the agent to Neutron or Keystone, and what makes the agent send it. */
export interface Operation {
  readonly name: string;
  readonly match: Pick<Rule, 'method' | 'path'>;
  readonly when: 'docker run' | 'docker rm' | 'the agent starts';
  /** The values of `NeutronError.type` with which Neutron refuses the call. */
  readonly conflicts: readonly string[];
  /** Names of the mishaps to try; all if missing. */
  readonly only?: readonly string[];
}

/** A fault at a call, and whether the command survives it. */
export interface Mishap {
  readonly name: string;
  readonly fault: Fault;
  /** The number of calls that the fault hits; if missing, all until the command has ended. */
  readonly times?: number;
  /** Whether the command must succeed despite the fault. */
  readonly isHarmless: boolean;
}

export const operations: readonly Operation[] = [
  {
    name: 'POST port',
    match: { method: 'POST', path: '^/v2.0/ports' },
    when: 'docker run',
    conflicts: ['OverQuota', 'IpAddressGenerationFailure', 'MacAddressInUse'],
  },
  {
    name: 'PUT add_subports',
    match: { method: 'PUT', path: '/add_subports$' },
    when: 'docker run',
    conflicts: [
      'DuplicateSubPort',
      'TrunkPortInUse',
      'ParentPortInUse',
      'PortInUse',
      'TrunkDisabled',
      'TrunkInErrorState',
      'SubPortMtuGreaterThanTrunkPortMtu',
      'OverQuota',
    ],
  },
  {
    name: 'PUT remove_subports',
    match: { method: 'PUT', path: '/remove_subports$' },
    when: 'docker rm',
    conflicts: ['TrunkDisabled', 'TrunkInErrorState'],
  },
  {
    name: 'DELETE port',
    match: { method: 'DELETE', path: '^/v2.0/ports/' },
    when: 'docker rm',
    conflicts: ['PortInUse', 'PortInUseAsSubPort'],
  },
  { name: 'GET', match: { method: 'GET', path: '^/v2.0/' }, when: 'the agent starts', conflicts: [] },
  {
    name: 'POST token',
    match: { method: 'POST', path: '^/v3/auth/tokens' },
    when: 'the agent starts',
    conflicts: [],
    only: ['cut before', 'cut after', '503 with Retry-After', '401, the token expired', '500 every time'],
  },
];

/** A refusal in Neutron's format (neutron-lib, `api/faults`). */
function neutronError(status: number, type: string, headers: Record<string, string> = {}): Fault {
  const message = `The proxy says ${type}.`;
  return { kind: 'answer', status, headers, body: { NeutronError: { type, message, detail: '' } } };
}

/** keystonemiddleware's answer to an invalid token. */
const unauthorized: Fault = {
  kind: 'answer',
  status: 401,
  headers: { 'www-authenticate': 'Keystone uri="http://keystone"' },
  body: {
    error: {
      code: 401,
      title: 'Unauthorized',
      message: 'The request you have made requires authentication.',
    },
  },
};

const unavailable = neutronError(503, 'ServiceUnavailable', { 'retry-after': '1' });
const internal = neutronError(500, 'HTTPInternalServerError');

/**
 * All mishaps to try with an operation.
 * @param client whether the client that sends the call can get another token after a 401
 */
export function mishapsOf(
  { conflicts, when, only }: Operation,
  { hasToken }: { readonly hasToken: boolean },
): Mishap[] {
  // The agent finishes a failed release later, and it starts without waiting for an answer.
  const isPatient = when !== 'docker run';
  const all: Mishap[] = [
    { name: 'delayed', fault: { kind: 'delay', ms: 500 }, times: 1, isHarmless: true },
    { name: 'cut before', fault: { kind: 'cut', moment: 'before' }, times: 1, isHarmless: true },
    { name: 'cut after', fault: { kind: 'cut', moment: 'after' }, times: 1, isHarmless: true },
    {
      name: 'duplicated, first answer',
      fault: { kind: 'duplicate', answer: 'first' },
      times: 1,
      isHarmless: true,
    },
    {
      name: 'duplicated, second answer',
      fault: { kind: 'duplicate', answer: 'second' },
      times: 1,
      isHarmless: true,
    },
    ...conflicts.map((type) => ({
      name: `409 ${type}`,
      fault: neutronError(409, type),
      times: 1,
      // Another port has the VLAN: the agent uses the next free VLAN.
      isHarmless: isPatient || type === 'DuplicateSubPort',
    })),
    { name: '500', fault: internal, times: 1, isHarmless: true },
    { name: '503 with Retry-After', fault: unavailable, times: 1, isHarmless: true },
    {
      name: '401, the token expired',
      fault: unauthorized,
      times: 1,
      isHarmless: isPatient || hasToken,
    },
    {
      name: '429',
      fault: neutronError(429, 'TooManyRequests', { 'retry-after': '1' }),
      times: 1,
      isHarmless: true,
    },
    { name: 'cut every time', fault: { kind: 'cut', moment: 'before' }, isHarmless: isPatient },
    { name: '500 every time', fault: internal, isHarmless: isPatient },
    { name: '503 every time', fault: unavailable, isHarmless: isPatient },
    { name: '401 every time', fault: unauthorized, isHarmless: isPatient },
  ];
  return all.filter(({ name }) => only?.includes(name) ?? true);
}
