import type { AgentConfig } from './agent-config.ts';

/** The id of the VM's own port, if the environment or the configuration contains it. */
export function configuredVifId(config: AgentConfig): string | undefined {
  // An empty variable counts as unset, as for the OS_* variables of the credential.
  return process.env['OS_VIF_ID'] || config.vif_id;
}
