import {
  brokerName,
  brokerUrl,
  inviteVm,
  joinBroker,
  type Lab,
  type Machine,
  management,
  startBroker,
  urls,
} from '@ovn-docker/lab';
import { serverCertificate } from '../broker-certificates.ts';
import { type Operation, operations } from './api-faults.ts';
import { ApiProxy } from './api-proxy.ts';
import { cloudByProxy } from './clouds-by-proxy.ts';

/** A place of the proxy on the way from the agent of VM-A to Keystone and Neutron. */
export interface ProxyPlace {
  readonly name: string;
  /** The calls that pass there. */
  readonly operations: readonly Operation[];
  /** Whether the client of the proxy has a token, and can get another one after a 401. */
  readonly hasToken: boolean;
  open(lab: Lab): Promise<OpenPlace>;
}

/** A proxy through which the calls of VM-A pass from now on. */
export interface OpenPlace {
  readonly proxy: ApiProxy;
  /** Keys of the agent's configuration. */
  readonly config: Readonly<Record<string, unknown>>;
  /** Makes a broker in between begin anew too, when the agent starts. */
  restartBroker(): Promise<void>;
  /** Leads the calls around the proxy again, and ends it. */
  close(): Promise<void>;
}

/** The places of the proxy in a lab. */
export function placesIn({ state }: Lab): readonly ProxyPlace[] {
  return state.broker ? [betweenBrokerAndCloud, betweenAgentAndBroker] : [betweenAgentAndCloud];
}

const VM = 'vm-a';
const TENANT = 'alice';

const betweenAgentAndCloud: ProxyPlace = {
  name: 'between the agent and the cloud',
  operations,
  hasToken: true,
  async open(lab) {
    const proxy = await ApiProxy.start(lab);
    const cloud = cloudByProxy(lab, VM);
    return {
      proxy,
      config: { cloud: cloud.config },
      restartBroker: async () => undefined,
      close: async () => {
        cloud.remove();
        await proxy.stop();
      },
    };
  },
};

const betweenBrokerAndCloud: ProxyPlace = {
  name: 'between the broker and the cloud',
  operations,
  hasToken: true,
  async open(lab) {
    const proxy = await ApiProxy.start(lab);
    const api = lab.machine('api');
    const file = `/etc/ovn-docker-broker/${TENANT}/clouds.yaml`;
    const direct = await api.must(['cat', file]);
    const restartBroker = async () => {
      await api.stop(brokerName(TENANT), 'KILL');
      await startBroker(api, TENANT);
    };
    const useCloud = async (text: string) => {
      await writeSecret(api, file, text);
      await restartBroker();
    };
    await useCloud(direct.replace(urls.identity, ApiProxy.identity));
    return {
      proxy,
      config: {},
      restartBroker,
      close: async () => {
        await useCloud(direct);
        await proxy.stop();
      },
    };
  },
};

const PORT = 19_797;

const betweenAgentAndBroker: ProxyPlace = {
  name: 'between the agent and the broker',
  // Neutron's refusals look the same at both ends of the broker.
  operations: operations
    .filter(({ name }) => name !== 'POST token')
    .map((each) => ({ ...each, conflicts: [] })),
  hasToken: false,
  async open(lab) {
    const api = lab.machine('api');
    const { machine, rejoin } = vmOf(lab);
    // The broker sees the proxy's address.
    await rejoin('--from', [management.api, addressOf(lab)].join());
    const authority = await api.must(['cat', `/var/lib/ovn-docker-broker/${TENANT}/ca.pem`]);
    const tls = {
      server: await writeSecret(
        api,
        '/run/proxy-server.pem',
        await serverCertificate(authority, management.api),
      ),
      client: await writeSecret(
        api,
        '/run/proxy-client.pem',
        await machine.must(['cat', `${MEMBERSHIP}/vm.pem`]),
      ),
      ca: await writeSecret(api, '/run/proxy-ca.pem', await machine.must(['cat', `${MEMBERSHIP}/ca.pem`])),
    };
    const front = { host: management.api, port: PORT, upstream: brokerUrl(TENANT), tls };
    const proxy = await ApiProxy.start(lab, [front]);
    return {
      proxy,
      config: { cloud: { broker: `https://${management.api}:${PORT}` } },
      restartBroker: async () => undefined,
      close: async () => {
        await proxy.stop();
        await rejoin();
      },
    };
  },
};

const MEMBERSHIP = '/var/lib/ovn-docker/broker';

const addressOf = ({ state }: Lab) => state.vms[VM]?.address ?? '';

/** VM-A, and how it joins its broker again with another invitation. */
function vmOf(lab: Lab) {
  const machine = lab.machine(VM);
  const rejoin = async (...options: string[]) => {
    const portId = lab.state.vms[VM]?.portId ?? '';
    await joinBroker(machine, await inviteVm(lab.machine('api'), TENANT, portId, ...options));
  };
  return { machine, rejoin };
}

/** Writes a file that only root of the machine can read. Returns its path. */
async function writeSecret(machine: Machine, path: string, text: string): Promise<string> {
  await machine.must(['sh', '-c', `umask 077 && cat > ${path}`], { input: text });
  return path;
}
