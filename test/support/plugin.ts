import { once } from 'node:events';
import { type ClientRequest, type IncomingMessage, request } from 'node:http';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import type { Machine } from '@ovn-docker/lab';

/** An answer of the driver. */
export interface PluginAnswer {
  readonly status: number;
  readonly body: Readonly<Record<string, unknown>>;
}

/** The addresses of an endpoint in Docker's CreateEndpoint call. */
interface EndpointInterface {
  readonly Address?: string;
  readonly AddressIPv6?: string;
  readonly MacAddress?: string;
}

/**
 * Client of the agent's plugin socket, for calls that dockerd cannot be made to send: out of order, aborted,
 * or only the first ones of an endpoint's life.
 */
export class Plugin {
  readonly #socketPath: string;

  constructor(machine: Machine, driver = 'ovn') {
    this.#socketPath = join(machine.places.run, 'docker', 'plugins', `${driver}.sock`);
  }

  /** Sends a call. A string `body` is sent unchanged, anything else as JSON. */
  send(method: string, body: unknown): ClientRequest {
    const sent = request({ socketPath: this.#socketPath, method: 'POST', path: `/${method}`, agent: false });
    sent.end(typeof body === 'string' ? body : JSON.stringify(body));
    return sent;
  }

  async answer(method: string, body: unknown): Promise<PluginAnswer> {
    const [answer] = (await once(this.send(method, body), 'response')) as [IncomingMessage];
    return { status: answer.statusCode ?? 0, body: JSON.parse(await text(answer)) };
  }

  /** Sends a call that must succeed. */
  async call(method: string, body: unknown): Promise<PluginAnswer['body']> {
    const { status, body: answer } = await this.answer(method, body);
    if (status === 200 && answer['Err'] === undefined && answer['Error'] === undefined) return answer;
    throw new Error(`${method}: ${status} ${JSON.stringify(answer)}`);
  }

  /** Sends RequestAddress. Returns the address with its prefix length. */
  async requestAddress(PoolID: string, Address = ''): Promise<string> {
    return (await this.call('IpamDriver.RequestAddress', { PoolID, Address, Options: null }))[
      'Address'
    ] as string;
  }

  async releaseAddress(PoolID: string, cidr: string): Promise<void> {
    await this.call('IpamDriver.ReleaseAddress', { PoolID, Address: cidr.split('/')[0] });
  }

  createEndpoint(NetworkID: string, EndpointID: string, addresses: EndpointInterface) {
    const Interface = { Address: '', AddressIPv6: '', MacAddress: '', ...addresses };
    return this.call('NetworkDriver.CreateEndpoint', { NetworkID, EndpointID, Interface, Options: {} });
  }

  join(NetworkID: string, EndpointID: string, SandboxKey = '/run/docker/netns/none') {
    return this.call('NetworkDriver.Join', { NetworkID, EndpointID, SandboxKey, Options: {} });
  }

  leave(NetworkID: string, EndpointID: string) {
    return this.call('NetworkDriver.Leave', { NetworkID, EndpointID });
  }

  deleteEndpoint(NetworkID: string, EndpointID: string) {
    return this.call('NetworkDriver.DeleteEndpoint', { NetworkID, EndpointID });
  }
}

/** A random id in Docker's format: 64 hexadecimal digits. */
export function dockerId(): string {
  return `${crypto.randomUUID()}${crypto.randomUUID()}`.replaceAll('-', '');
}
