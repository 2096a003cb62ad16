import type { FindingView } from '../../api/types.ts';
import { defineCommand } from '../command.ts';
import { flag } from '../options.ts';
import { visibleLines } from '../output/visible.ts';
import { openAgent } from '../settings.ts';

export const gc = defineCommand({
  name: 'gc',
  summary: 'finish or remove what a crash or an outage left in this VM',
  needsRoot: true,
  elsewhere: 'uses sockets',
  options: {
    plan: flag('--plan', 'only show what would be done, with the evidence'),
    json: flag('--json', 'print JSON'),
  },

  async action(settings, { plan, json }) {
    await using agent = await openAgent(settings);
    const findings = await (plan ? agent.findings() : agent.putRight());
    const text = findings.length === 0 ? 'nothing is left over\n' : findings.map(print).join('');
    process.stdout.write(json ? `${JSON.stringify(findings)}\n` : visibleLines(text));
    if (findings.some(({ error }) => error !== undefined)) process.exitCode = 1;
  },
});

function print({ kind, what, evidence, action, error }: FindingView): string {
  const failure = error === undefined ? '' : `  failed:   ${error}\n`;
  return `${kind}: ${what}\n  evidence: ${evidence}\n  action:   ${action}\n${failure}`;
}
