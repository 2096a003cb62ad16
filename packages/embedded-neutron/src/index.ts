/**
 * Keystone v3 and Neutron v2.0 APIs served on an OVN Northbound database.
 *
 * @packageDocumentation
 */
export { type Config, type ConfigFile, loadConfig } from './config.ts';
export { type NeutronErrorType, neutronErrors, programErrors } from './error-table.ts';
export { KeystoneError, NeutronError, ProgramError } from './errors.ts';
export { type IdentityPlan, identityConfig } from './identity/identity-config.ts';
export { hashPassword, verifyPassword } from './identity/password.ts';
export { type Log, openLog } from './log.ts';
export { type Service, serve } from './serve.ts';
