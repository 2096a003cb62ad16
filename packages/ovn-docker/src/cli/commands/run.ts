import { OvnDockerError } from '../../errors.ts';
import { defineCommand } from '../command.ts';
import { addDnsOptions } from '../docker/add-dns-options.ts';
import { parseDockerRun } from '../docker/docker-run-arguments.ts';
import { requireKnownLabels, requireOptionsOfDocker } from '../docker/require-known.ts';
import { severalArguments } from '../options.ts';
import { callersToken, openAgent, type Settings } from '../settings.ts';

/**
 * `docker run` with an interface on a Neutron network. With `--net=none`, as in docs/source-document.md, the
 * agent moves the interface into the running container. Without `--net=none`, Docker moves it into the
 * container before the container's first instruction. Exits with the code of `docker run`.
 */
export const run = defineCommand({
  name: 'run',
  summary: 'docker run with an interface on --network; the arguments after `run` are those of docker run',
  needsRoot: true,
  elsewhere: 'uses sockets',
  arguments: { args: severalArguments('[args...]', 'options of docker run, image, command') },
  passesOptionsThrough: true,

  validate(settings, { args }) {
    parseRun(settings, args);
  },

  async action(settings, { args }) {
    const { parsed, network } = parseRun(settings, args);
    if (parsed.network !== undefined && parsed.network !== 'none' && parsed.network !== network) {
      throw new OvnDockerError('E_USAGE', `--net=${parsed.network} contradicts --network=${network}`, {
        hint: 'leave --net out, or use --net=none',
      });
    }
    await using agent = await openAgent(settings);
    const cred = await callersToken(settings, settings.vm !== undefined);
    const { vifId, securityGroup: securityGroups = [] } = settings.options;
    const request = {
      network,
      ...(cred === undefined ? {} : { cred }),
      ...(vifId ? { vifId } : {}),
      ...(securityGroups.length > 0 ? { securityGroups } : {}),
    };
    // Fails here if Neutron refuses the request: nothing is created yet and no image is pulled.
    const resolved = await agent.resolveNetwork(request).catch(async (error: unknown) => {
      throw await withDockerNetworkHint(error, network);
    });
    const container = addDnsOptions(parsed, resolved);
    if (parsed.network === 'none') {
      const { runWithNic } = await import('../docker/run-with-nic.ts');
      const { readNoneNetwork } = await import('../docker/none-network-options.ts');
      const none = readNoneNetwork(container, settings.config.docker.publish);
      process.exitCode = await runWithNic(agent, none.parsed, { ...request, ...none.wanted });
    } else {
      const { runByDriver } = await import('../docker/run-by-driver.ts');
      process.exitCode = await runByDriver(agent, container, resolved, settings.config);
    }
  },
});

/** The user may have named a network of Docker instead of one of Neutron. */
async function withDockerNetworkHint(error: unknown, network: string): Promise<unknown> {
  if (!(error instanceof OvnDockerError) || error.code !== 'E_NETWORK_UNKNOWN') return error;
  const { docker } = await import('../docker/docker-command.ts');
  if ((await docker(['network', 'inspect', network])).code !== 0) return error;
  const hint = `"${network}" is a network of Docker: use \`docker run --network ${network} …\`, or name a network of Neutron: \`ovn-docker list networks\``;
  return new OvnDockerError(error.code, error.message, { cause: error, hint });
}

/**
 * @throws OvnDockerError `E_USAGE` when the image or the network is missing, or an option is at the wrong
 * place; `E_OPTION_UNKNOWN` when a label is misspelt
 */
function parseRun({ options }: Settings, args: readonly string[]) {
  const parsed = parseDockerRun(args);
  requireOptionsOfDocker(parsed);
  requireKnownLabels(parsed);
  if (parsed.image === undefined) throw new OvnDockerError('E_USAGE', '`run` needs an image');
  // Docker users type `run --network=NET`: without the global option it names the Neutron network.
  const network = options.network ?? (parsed.network === 'none' ? undefined : parsed.network);
  if (!network) {
    throw new OvnDockerError('E_USAGE', '`run` needs a network: `ovn-docker --network=NET run …`');
  }
  return { parsed, network };
}
