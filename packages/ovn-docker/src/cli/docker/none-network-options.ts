import { isIP } from 'node:net';
import { ipVersionOf } from '../../addresses/ip-version.ts';
import type { AttachRequest } from '../../api/types.ts';
import type { PublishMode } from '../../config/agent-config.ts';
import { OvnDockerError } from '../../errors.ts';
import {
  type DockerRunArguments,
  optionValues,
  publishesPorts,
  withoutOptions,
} from './docker-run-arguments.ts';

/** Options that only a Docker network can honour. */
const NEED_DOCKER_NETWORK = ['--link', '--network-alias', '--net-alias', '--link-local-ip'] as const;

/** What the network options of a `docker run --net=none` become. */
interface NoneNetwork {
  /** The arguments that Docker gets. */
  readonly parsed: DockerRunArguments;
  /** What the agent gets. */
  readonly wanted: Pick<AttachRequest, 'addresses' | 'mac' | 'publishes'>;
}

/**
 * Docker ignores or refuses most network options of a container with `--net=none`, because it does not know
 * the container's network. The agent honours addresses; Docker honours the options for names and most for the
 * kernel; the rest is refused, so that none is ignored silently.
 * @param publish what becomes of published ports (`docker.publish` in the configuration)
 * @throws OvnDockerError `E_USAGE`, `E_PUBLISH`
 */
export function readNoneNetwork(parsed: DockerRunArguments, publish: PublishMode): NoneNetwork {
  const { options } = parsed;
  const useless = NEED_DOCKER_NETWORK.find((name) => optionValues(options, name).length > 0);
  if (useless !== undefined) {
    throw new OvnDockerError('E_USAGE', `${useless} needs a Docker network, and --net=none has none`, {
      hint: `leave ${useless} out, or leave --net=none out: the container is then on a Docker network of the driver`,
    });
  }
  const publishes = publishesPorts(options);
  if (publishes && publish === 'refuse') {
    throw new OvnDockerError('E_PUBLISH', 'ports of a container on a logical network cannot be published');
  }
  const last = (name: string) => optionValues(options, name).at(-1);
  const [v4, v6, mac] = [last('--ip'), last('--ip6'), last('--mac-address')];
  for (const [name, address, version] of [['--ip', v4, 4] as const, ['--ip6', v6, 6] as const]) {
    if (address !== undefined && ipVersionIn(address) !== version)
      throw new OvnDockerError('E_USAGE', `${name} ${address} is not an IPv${version} address`);
  }
  const addresses = [v4, v6].filter((address) => address !== undefined);
  const kept = withoutOptions(options, '--ip', '--ip6', '--mac-address');
  return {
    parsed: { ...parsed, options: kept.map(forLaterInterface) },
    wanted: {
      ...(addresses.length > 0 ? { addresses } : {}),
      ...(mac === undefined ? {} : { mac }),
      ...(publishes ? { publishes } : {}),
    },
  };
}

function ipVersionIn(text: string): 0 | 4 | 6 {
  return isIP(text) === 0 ? 0 : ipVersionOf(text);
}

/**
 * `--sysctl net.ipv4.conf.eth0.rp_filter=0`: runc sets it before the agent brings eth0, and would fail. The
 * kernel gives a later interface the values of `default`.
 */
function forLaterInterface(option: string): string {
  return option.replace(/^((?:--sysctl=)?net\.ipv[46]\.(?:conf|neigh)\.)eth0\./, '$1default.');
}
