import type { CloudFallback } from '@ovn-docker/openstack';
import type { AgentConfig } from '../../config/agent-config.ts';

/**
 * The configuration's cloud settings, which apply where neither an option nor the environment sets a value.
 */
export function configuredCloud({ cloud: { cloud, clouds_yaml, auth_url } }: AgentConfig): CloudFallback {
  return {
    ...(cloud ? { cloud } : {}),
    ...(clouds_yaml ? { files: [clouds_yaml] } : {}),
    ...(auth_url ? { authUrl: auth_url } : {}),
  };
}
