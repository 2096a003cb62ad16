import { z } from 'zod';
import { outsideText } from '../../clients/outside-text.ts';

const text = outsideText();
/** Docker's ids have 64 characters. They become keys in the VM's switch. */
const id = outsideText(256).min(1);
const options = z.record(z.string(), z.unknown()).nullish();
const stringOptions = z.record(text, text).nullish();
const ipamData = z.object({
  AddressSpace: text.default(''),
  Pool: text,
  /** An address with its prefix length. */
  Gateway: text.default(''),
  /** `--aux-address`: reserved addresses with prefix lengths, by names that the user chooses. */
  AuxAddresses: z.record(text, text).nullish(),
});
export type IpamData = z.infer<typeof ipamData>;
const endpoint = z.object({ NetworkID: id, EndpointID: id });

/**
 * The requests that dockerd sends to remote network and IPAM drivers (moby libnetwork, docs/remote.md and
 * docs/ipam.md). The schemas contain only the fields that the agent reads, and ignore the others.
 */
export const requests = {
  RequestPool: z.object({
    AddressSpace: text,
    Pool: text.default(''),
    SubPool: text.default(''),
    Options: stringOptions,
    V6: z.boolean().default(false),
  }),
  ReleasePool: z.object({ PoolID: text }),
  RequestAddress: z.object({ PoolID: text, Address: text.default(''), Options: stringOptions }),
  ReleaseAddress: z.object({ PoolID: text, Address: text }),
  GwAllocCheck: z.object({ Options: options }),
  CreateNetwork: z.object({
    NetworkID: id,
    Options: options,
    IPv4Data: z.array(ipamData).nullish(),
    IPv6Data: z.array(ipamData).nullish(),
  }),
  DeleteNetwork: z.object({ NetworkID: id }),
  CreateEndpoint: endpoint.extend({
    Interface: z
      .object({
        Address: text.default(''),
        AddressIPv6: text.default(''),
        MacAddress: text.default(''),
      })
      .nullish(),
    Options: options,
  }),
  DeleteEndpoint: endpoint,
  EndpointOperInfo: endpoint,
  Join: endpoint.extend({ SandboxKey: text, Options: options }),
  Leave: endpoint,
} as const;

export type Requests = { [K in keyof typeof requests]: z.infer<(typeof requests)[K]> };

/** The options of `docker network create -o`, which Docker nests one level deep. */
export function genericOptions(all: Requests['CreateNetwork']['Options']): Record<string, string> {
  const generic = all?.['com.docker.network.generic'];
  if (typeof generic !== 'object' || generic === null) return {};
  return Object.fromEntries(Object.entries(generic).map(([key, value]) => [key, String(value)]));
}

/** Whether the user created the network with `--internal`: containers get no gateway and no static route. */
export function isInternal(all: Requests['CreateNetwork']['Options']): boolean {
  return all?.['com.docker.network.internal'] === true;
}

/** The option of RequestAddress that requests the gateway of the network instead of a container's address. */
export const GATEWAY_REQUEST = { key: 'RequestAddressType', value: 'com.docker.network.gateway' } as const;

/** The option of RequestAddress in which Docker 29 names the container. */
export const ENDPOINT_NAME = 'com.docker.network.endpoint.name';

/** The address space of ovn-docker's IPAM pools. Docker's default IPAM driver uses other address spaces. */
export const ADDRESS_SPACE = 'ovn-docker-local';

/** An address without its prefix length; undefined for an empty string. */
export function withoutPrefixLength(addressWithLength: string): string | undefined {
  return addressWithLength.split('/')[0] || undefined;
}
