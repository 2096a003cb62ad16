import { errorTable } from '../../packages/openflow/src/error-table.ts';
import { errorRows } from './tables.ts';

/** packages/openflow/docs/errors.md. */
export const openflowPage = `# Errors of @ovn-docker/openflow

Every error is an \`OpenFlowError\` with a stable \`code\`, a \`message\` (what happened) and a \`hint\` (what to do). An
\`OPENFLOW_REFUSED\` is an \`OpenFlowRefusal\`, which also has the switch's own numbers: \`type\` and \`reason\`.
\`npm run docs:errors\` writes this page from the table in the code.

${errorRows(errorTable)}
`;
