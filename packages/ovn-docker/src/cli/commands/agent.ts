import { defineCommand } from '../command.ts';

/** Serves Docker until SIGTERM or SIGINT. Containers keep their interfaces when the agent stops. */
export const agent = defineCommand({
  name: 'agent',
  summary: 'serve Docker in this VM (run by the init system)',
  needsRoot: true,
  elsewhere: 'refuses',

  async action({ config, options }) {
    const { requireRootsFile } = await import('../../config/agent-config.ts');
    await requireRootsFile(options.config);
    const { runAgent } = await import('../../agent/run-agent.ts');
    const { openLog } = await import('../../observe/log.ts');
    const { endOnBugs } = await import('../../agent/end-on-bugs.ts');
    const log = openLog(config.log_level);
    endOnBugs(log);
    const stop = new AbortController();
    for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => stop.abort());
    await runAgent(config, log, stop.signal);
  },
});
