import type { CloudFallback } from '@ovn-docker/openstack';
import type { AgentConfig } from '../../config/agent-config.ts';
import { cloudConfigOf, configuredBroker } from '../broker/membership.ts';

/**
 * The configuration's cloud settings, which apply where neither an option nor the environment sets a value.
 */
export function configuredCloud(config: AgentConfig): CloudFallback {
  const { cloud, clouds_yaml, auth_url } = config.cloud;
  const broker = configuredBroker(config);
  return {
    ...(broker ? { config: cloudConfigOf(broker) } : {}),
    ...(cloud ? { cloud } : {}),
    ...(clouds_yaml ? { files: [clouds_yaml] } : {}),
    ...(auth_url ? { authUrl: auth_url } : {}),
  };
}
