import { programErrors, rules } from '../../packages/credential-broker/src/error-table.ts';
import { errorRows, markdownTable } from './tables.ts';

const ruleRows = Object.entries(rules).map(([rule, { status, when, hint }]) => [
  `\`${rule}\``,
  String(status),
  when,
  hint,
]);

/** packages/credential-broker/docs/errors.md. */
export const brokerPage = `# Errors of the broker

\`npm run docs:errors\` writes this page from the tables in the code.

## Refused requests

The body is \`{"NeutronError": {"type", "message", "detail"}}\`, as Neutron's. The message names the rule, and \`detail\` is
the hint. The audit trail has one line for each refusal.

${markdownTable(['rule', 'status', 'when', 'what to do'], ruleRows)}

What the VM may not see looks as if it did not exist: 404 with Neutron's own type, such as \`PortNotFound\`. The audit
trail calls this rule \`hidden\`. Neutron's own errors pass unchanged, with its request id and \`Retry-After\`. In place
of Neutron the broker answers 503 if Neutron certainly did not get the request, 504 if it may still be working on it,
and 502 if it may have carried it out.

## The program

It prints \`ovn-docker-broker: CODE: what happened\` and \`hint: what to do\`, and exits with 1.

${errorRows(programErrors)}
`;
