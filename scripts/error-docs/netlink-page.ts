import { errorTable } from '../../packages/netlink/src/error-table.ts';
import { errorRows } from './tables.ts';

/** packages/netlink/docs/errors.md. */
export const netlinkPage = `# Errors of @ovn-docker/netlink

Every error is a \`NetlinkError\` with a stable \`code\`, the \`operation\` that failed, the kernel's own explanation where
it sent one (\`kernelMessage\`), and a \`hint\`. The codes are those of errno(3); a code that is not in this table has the
hint "see errno(3)". \`npm run docs:errors\` writes this page from the table in the code.

${errorRows(errorTable)}
`;
