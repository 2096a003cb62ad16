import { z } from 'zod';

/**
 * The requests of Docker's remote network and IPAM drivers, as recorded and as moby's libnetwork documents them
 * (docs/remote.md, docs/ipam.md): only the fields that we read; the rest passes unseen.
 */
const options = z.record(z.string(), z.unknown()).nullish();
const stringOptions = z.record(z.string(), z.string()).nullish();
const ipamData = z.object({
  AddressSpace: z.string().default(''),
  Pool: z.string(),
  /** With the length of its prefix. */
  Gateway: z.string().default(''),
  /** Addresses that Docker was told to keep, by a name of the user's choice, with the length of their prefix. */
  AuxAddresses: z.record(z.string(), z.string()).nullish(),
});
export type IpamData = z.infer<typeof ipamData>;
const endpoint = z.object({ NetworkID: z.string(), EndpointID: z.string() });

export const requests = {
  RequestPool: z.object({
    AddressSpace: z.string(),
    Pool: z.string().default(''),
    SubPool: z.string().default(''),
    Options: stringOptions,
    V6: z.boolean().default(false),
  }),
  ReleasePool: z.object({ PoolID: z.string() }),
  RequestAddress: z.object({ PoolID: z.string(), Address: z.string().default(''), Options: stringOptions }),
  ReleaseAddress: z.object({ PoolID: z.string(), Address: z.string() }),
  CreateNetwork: z.object({
    NetworkID: z.string(),
    Options: options,
    IPv4Data: z.array(ipamData).nullish(),
    IPv6Data: z.array(ipamData).nullish(),
  }),
  DeleteNetwork: z.object({ NetworkID: z.string() }),
  CreateEndpoint: endpoint.extend({
    Interface: z
      .object({
        Address: z.string().default(''),
        AddressIPv6: z.string().default(''),
        MacAddress: z.string().default(''),
      })
      .nullish(),
    Options: options,
  }),
  DeleteEndpoint: endpoint,
  EndpointOperInfo: endpoint,
  Join: endpoint.extend({ SandboxKey: z.string() }),
  Leave: endpoint,
} as const;

export type Requests = { [K in keyof typeof requests]: z.infer<(typeof requests)[K]> };

/** The options of `docker network create -o`, which arrive one level down. */
export function genericOptions(all: Requests['CreateNetwork']['Options']): Record<string, string> {
  const generic = all?.['com.docker.network.generic'];
  if (typeof generic !== 'object' || generic === null) return {};
  return Object.fromEntries(Object.entries(generic).map(([key, value]) => [key, String(value)]));
}

/** Whether the network was made with `--internal`: no way out of it. */
export function isInternal(all: Requests['CreateNetwork']['Options']): boolean {
  return all?.['com.docker.network.internal'] === true;
}

/** Whether `docker run -p` asked to publish ports of the endpoint on the host. */
export function publishesPorts(all: Requests['CreateEndpoint']['Options']): boolean {
  const ports = all?.['com.docker.network.portmap'];
  return Array.isArray(ports) && ports.length > 0;
}

/** In RequestAddress.Options: the address is for the gateway of the network, not for a container. */
export const GATEWAY_REQUEST = { key: 'RequestAddressType', value: 'com.docker.network.gateway' } as const;
