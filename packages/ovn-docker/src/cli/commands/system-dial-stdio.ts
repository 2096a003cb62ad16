import { defineCommand } from '../command.ts';
import { flag } from '../options.ts';

/**
 * The end of an ssh connection in the VM, like `docker system dial-stdio`: connects its input and output with
 * the agent's socket. With `--streams`, which `--host` uses, many connections share them.
 */
export const systemDialStdio = defineCommand({
  name: 'system dial-stdio',
  summary: 'connect standard input and output with the agent; `--host ssh://…` starts it in the VM',
  needsRoot: false,
  elsewhere: 'refuses',
  options: { streams: flag('--streams', 'carry several connections, to the agent and to Docker, as HTTP/2') },

  async action({ config }, { streams }) {
    const { openSocket, serveStreams } = await import('../../clients/vm-sockets/serve-streams.ts');
    if (!streams) {
      const { dialStdio } = await import('../../clients/vm-sockets/dial-stdio.ts');
      await dialStdio(await openSocket('agent', config.socket));
      return;
    }
    const { standardPipes } = await import('../../clients/vm-sockets/standard-pipes.ts');
    const { driver, publish, socket: docker } = config.docker;
    await serveStreams(standardPipes(), { agent: config.socket, docker }, { driver, publish });
  },
});
