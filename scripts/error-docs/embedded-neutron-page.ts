import { neutronErrors, programErrors } from '../../packages/embedded-neutron/src/error-table.ts';
import { errorRows, markdownTable, messageTemplate } from './tables.ts';

interface NeutronEntry {
  readonly status: number;
  readonly message: (...details: never[]) => string;
  readonly when?: string;
  readonly hint?: string;
}

const entries: readonly (readonly [type: string, NeutronEntry])[] = Object.entries(neutronErrors);
const cells = ([type, { status, message }]: readonly [string, NeutronEntry]) => [
  `\`${type}\``,
  String(status),
  messageTemplate(message),
];

const stock = entries.filter(([, { when }]) => when === undefined).map(cells);
const own = entries
  .filter(([, { when }]) => when !== undefined)
  .map((entry) => [...cells(entry), entry[1].when ?? '', entry[1].hint ?? '']);

/** packages/embedded-neutron/docs/errors.md. */
export const embeddedNeutronPage = `# Errors of embedded-neutron

\`npm run docs:errors\` writes this page from the tables in the code.

## Neutron

The body is \`{"NeutronError": {"type", "message", "detail"}}\`. These types, statuses and messages are those of stock
Neutron:

${markdownTable(['type', 'status', 'message'], stock)}

Stock Neutron does not have these types: they are about a parent and a VLAN in \`binding:profile\`. \`detail\` is the hint.

${markdownTable(['type', 'status', 'message', 'when', 'what to do'], own)}

Other answers of the network service have the body \`{"message", "code", "title"}\`: 413 for a body larger than 1 MiB, 503
while OVN Northbound cannot be reached. Without a valid token the answer is 401, in Keystone's form. The service did not
carry out a refused request, unless the connection to the database broke in the middle of it.

## Keystone

The body is \`{"error": {"code", "message", "title"}}\`:

${markdownTable(
  ['status', 'when'],
  [
    ['400', 'The request is malformed.'],
    ['401', 'The credentials, the scope or the token are wrong or expired.'],
    ['403', 'The caller may not do this.'],
    ['404', 'The resource does not exist.'],
    ['409', 'The name is in use.'],
    ['500', 'The service has a defect.'],
    ['503', 'OVN Northbound cannot be reached.'],
  ],
)}

## The program

It prints \`embedded-neutron: CODE: what happened\` and \`hint: what to do\`, and exits with 1.

${errorRows(programErrors)}
`;
