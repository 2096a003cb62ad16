import { clientErrors, operationErrors, otherError } from '../../packages/ovsdb/src/error-table.ts';
import {
  OvsdbClosedError,
  OvsdbConnectionError,
  OvsdbMessageTooLargeError,
  OvsdbOutcomeUnknownError,
  OvsdbProtocolError,
  OvsdbSchemaError,
  OvsdbTimeoutError,
  operationError,
} from '../../packages/ovsdb/src/errors.ts';
import { errorRows } from './tables.ts';

/** The class of each code of the client, read from an error of that class. */
const classOf: Readonly<Record<string, string>> = Object.fromEntries(
  [
    new OvsdbConnectionError(''),
    new OvsdbOutcomeUnknownError(''),
    new OvsdbClosedError(''),
    new OvsdbTimeoutError('', 0),
    new OvsdbProtocolError(''),
    new OvsdbMessageTooLargeError(0),
    new OvsdbSchemaError(''),
  ].map(({ code, name }) => [code, name]),
);

const clientClass = { title: 'class', of: (code: string) => `\`${classOf[code] ?? 'OvsdbError'}\`` };
const operationClass = {
  title: 'class',
  of: (code: string) => `\`${operationError(code, undefined, 0, undefined).name}\``,
};

/** packages/ovsdb/docs/errors.md. */
export const ovsdbPage = `# Errors of @ovn-docker/ovsdb

Every error is an \`OvsdbError\` with a stable \`code\`, a \`message\` (what happened) and a \`hint\` (what to do).
\`npm run docs:errors\` writes this page from the tables in the code.

## Errors of the client

${errorRows(clientErrors, clientClass)}

## A transaction failed

An operation, or the commit, failed, and nothing of the transaction took effect. The error is an \`OvsdbOperationError\`
with the failed \`operation\`, its \`index\` and the server's \`details\`; the code is the error string of RFC 7047.

${errorRows(operationErrors, operationClass)}

Every other error string of the server is an \`OvsdbOperationError\` too. Its hint: ${otherError.hint}

## The server refused another request

The error is an \`OvsdbRequestError\` with the \`method\` and the server's \`details\`. The code is the error string of the
server, such as \`unknown database\`. Its hint: ${otherError.hint}
`;
