import { labErrorTable } from '../../lab/src/errors.ts';
import { errorTable } from '../../packages/ovn-docker/src/errors.ts';
import { errorRows } from './tables.ts';

/** docs/errors.md: the programs `ovn-docker` and the lab. */
export const programsPage = `# Errors

When a program fails, it prints what happened, a stable code, and a hint. \`npm run docs:errors\` writes this page from
the tables in the code. The packages have their own pages:
[embedded-neutron](../packages/embedded-neutron/docs/errors.md),
[the broker](../packages/credential-broker/docs/errors.md), [openstack](../packages/openstack/docs/errors.md),
[ovsdb](../packages/ovsdb/docs/errors.md), [openflow](../packages/openflow/docs/errors.md) and
[netlink](../packages/netlink/docs/errors.md).

## ovn-docker

The exit code is 1, or Docker's own when Docker ran. \`--debug\` adds the stack trace.

${errorRows(errorTable)}

## lab (\`npm start\`, \`npm stop\`, \`npm run lab\`)

${errorRows(labErrorTable)}
`;
