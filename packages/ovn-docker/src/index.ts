/** What other programs may use of the product: its errors, and the shapes of the agent's API. */
export { type ErrorCode, errorTable, OvnDockerError } from './errors.ts';
export type { NicView, StatusView } from './plugins/cli-wrapper/wire.ts';
