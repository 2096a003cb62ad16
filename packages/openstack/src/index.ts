/**
 * OpenStack client: Keystone v3 authentication and Neutron v2.0 resources.
 *
 * @example
 * ```ts
 * import { loadCloudConfig, Neutron, Session } from '@ovn-docker/openstack';
 *
 * const session = new Session(await loadCloudConfig({ env: process.env }));
 * const neutron = new Neutron(session);
 * for await (const network of neutron.networks.list({ shared: false })) console.log(network.name);
 * await session.close();
 * ```
 *
 * @module
 */
export type { CallOptions } from './call-options.ts';
export * from './config/cloud-config.ts';
export { loadCloudConfig } from './config/load.ts';
export type { CloudConfigSources, CloudFallback } from './config/sources.ts';
export { type CredentialFile, cloudsYaml } from './config/write-clouds-yaml.ts';
export { whoElseCanChange } from './config/writers.ts';
export { errorTable, type OpenStackErrorCode } from './error-table.ts';
export * from './errors.ts';
export type { ServiceAnswer } from './http/answers.ts';
export { CloudConnection } from './http/connection.ts';
export type { AnswerLimits } from './http/limits.ts';
export { isCallAllowed, type RuledCall } from './identity/access-rules.ts';
export {
  type ApplicationCredential,
  ApplicationCredentials,
  type NewApplicationCredential,
} from './identity/application-credentials.ts';
export { type NetworkCall, networkEndpointPath, networkRules } from './identity/network-rules.ts';
export type { CredentialEvent } from './identity/rotation.ts';
export { type ServiceRequest, Session, type SessionOptions } from './identity/session.ts';
export * from './identity/types.ts';
export * from './network/collection-types.ts';
export { Neutron, type NeutronOptions } from './network/neutron.ts';
export * from './network/port-types.ts';
export * from './network/security-group-types.ts';
export * from './network/trunk-types.ts';
export type { TrunkCollection } from './network/trunks.ts';
export * from './network/types.ts';
