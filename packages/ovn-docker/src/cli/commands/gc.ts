import { AgentClient } from '../../api/client.ts';
import type { FindingView } from '../../api/types.ts';
import { requireRoot, type Settings } from '../settings.ts';

/** `ovn-docker gc`: puts right what a crash, an outage or somebody else left; `--plan` only shows it, with the evidence. */
export async function gc(settings: Settings, options: { plan?: boolean; json?: boolean }): Promise<void> {
  requireRoot('gc');
  await using agent = new AgentClient(settings.config.socket);
  const findings = await (options.plan ? agent.leftovers() : agent.removeLeftovers());
  if (options.json) process.stdout.write(`${JSON.stringify(findings)}\n`);
  else process.stdout.write(findings.length === 0 ? 'nothing is left over\n' : findings.map(print).join(''));
  if (findings.some(({ error }) => error !== undefined)) process.exitCode = 1;
}

function print({ kind, what, evidence, action, error }: FindingView): string {
  const failed = error === undefined ? '' : `  failed:   ${error}\n`;
  return `${kind}: ${what}\n  evidence: ${evidence}\n  action:   ${action}\n${failed}`;
}
