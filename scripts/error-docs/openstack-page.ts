import {
  answerErrors,
  catalogErrors,
  configErrors,
  connectionErrors,
} from '../../packages/openstack/src/error-table.ts';
import { errorRows } from './tables.ts';

/** packages/openstack/docs/errors.md. */
export const openstackPage = `# Errors of @ovn-docker/openstack

Every error has a stable \`code\`, a \`message\` (what happened) and a \`hint\` (what to do). No error contains a password, a
token or a secret, even when the server repeats one in its answer. \`npm run docs:errors\` writes this page from the
tables in the code.

## A service answered with an error: \`OpenStackError\`

It also has \`status\`, \`type\` (\`NeutronError.type\`, else \`''\`), \`reason\` (the service's own words), \`detail\`,
\`requestId\` (X-Openstack-Request-Id), \`method\`, \`url\` and \`retryAfterMs\`. The \`type\` says what a code leaves open: a
409 can be \`IpAddressAlreadyAllocated\`, \`MacAddressInUse\`, \`DuplicateSubPort\`, \`TrunkPortInUse\`, \`TrunkDisabled\`,
\`PortInUseAsSubPort\` and more.

${errorRows(answerErrors)}

## No answer came: \`OpenStackConnectionError\`

It also has \`outcome\`, \`method\` and \`url\`. The \`outcome\` is \`not-sent\` when the service certainly did not carry out
the call, and \`unknown\` when at least a part of the call was sent. \`mayHaveTakenEffect(error)\` says whether to look for
the result before you repeat the call; it covers 5xx answers too.

${errorRows(connectionErrors)}

## The token does not lead to the service: \`OpenStackCatalogError\`

${errorRows(catalogErrors)}

## The configuration cannot be used: \`CloudConfigError\`

${errorRows(configErrors)}
`;
