/** What docs/errors.md says about a code: `when` is the cause, `hint` is what the caller can do about it. */
interface ErrorEntry {
  readonly when: string;
  readonly hint: string;
}

/** Causes and hints by code. `npm run docs:errors` writes docs/errors.md from this table. */
export const errorTable = {
  OPENFLOW_UNREACHABLE: {
    when: 'Nothing accepts connections at the path.',
    hint: 'check that ovs-vswitchd runs and that the bridge exists; its socket is BRIDGE.mgmt in the run directory of Open vSwitch',
  },
  OPENFLOW_VERSION: {
    when: 'The switch does not speak OpenFlow 1.4 on this bridge.',
    hint: 'add OpenFlow14 to the bridge\'s protocols, or clear them: "ovs-vsctl clear bridge BRIDGE protocols"',
  },
  OPENFLOW_REFUSED: {
    when: 'The switch answered a request with an error message.',
    hint: 'the error names the switch\'s reason; see "Error Message" in the OpenFlow 1.4 specification',
  },
  OPENFLOW_TIMEOUT: {
    when: 'The switch did not answer in time. The client closes the connection, because it could take a late answer for that of the next request.',
    hint: 'check whether ovs-vswitchd is stopped or overloaded, then connect again',
  },
  OPENFLOW_CLOSED: {
    when: 'The connection ended before the answer came, or was closed before the call.',
    hint: 'connect again, and read the flows before you change them: the switch may have carried out the request, and a restarted switch has lost all flows',
  },
  OPENFLOW_TOO_LARGE: {
    when: 'An answer is larger than `maxReplyBytes`.',
    hint: 'ask for fewer flows (by table or cookie), or raise maxReplyBytes',
  },
  OPENFLOW_MALFORMED: {
    when: 'The peer sent bytes that are no valid OpenFlow 1.4.',
    hint: 'check that the path is the management socket of an Open vSwitch bridge; if it is, please report this',
  },
  OPENFLOW_INVALID: {
    when: 'An argument cannot be sent: a value that does not fit its field, or an address that is none.',
    hint: 'the error names the field',
  },
} as const satisfies Record<string, ErrorEntry>;

/** The codes of {@link OpenFlowError}. */
export type OpenFlowErrorCode = keyof typeof errorTable;
