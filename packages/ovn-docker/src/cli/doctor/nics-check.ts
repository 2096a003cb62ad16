import { AgentClient } from '../../api/client.ts';
import { OvnDockerError } from '../../errors.ts';
import type { Check } from '../checklist/check.ts';
import type { DoctorContext } from './context.ts';

/** The most findings that doctor prints. */
const SHOWN = 5;

/** What the agent's reconciler would repair now, such as a NIC whose VM's end another program took down. */
export const nicsCheck: Check<DoctorContext> = {
  name: 'NICs',

  async run({ settings: { config } }) {
    await using agent = new AgentClient(config.socket);
    const findings = await agent.findings().catch((error: unknown) => {
      if (error instanceof OvnDockerError && error.code === 'E_AGENT_NOT_RUNNING') return undefined;
      throw error;
    });
    if (!findings) return { facts: [`no agent answers on ${config.socket}`], isSkipped: true };
    if (findings.length === 0) return { facts: ['each is as the agent made it'] };
    const shown = findings.slice(0, SHOWN).map(({ what, evidence }) => `${what}: ${evidence}`);
    return {
      facts: [...shown, `${findings.length} in all; the agent repairs them, at once with \`ovn-docker gc\``],
    };
  },
};
