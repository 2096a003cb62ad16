import { once } from 'node:events';
import { createServer } from 'node:http';
import { text } from 'node:stream/consumers';
import type { Machine } from '@ovn-docker/lab';

/** More than containers that come one after the other have at a time. */
const PAIRS = 8;

/**
 * A driver of dockerd's remote protocol that does nothing (moby, libnetwork/docs/remote.md): its veth pairs are there before, nothing
 * is plugged anywhere and nobody is asked. What a container costs on its network is the least that any driver outside of dockerd costs.
 */
export class BareDriver implements AsyncDisposable {
  readonly #free: string[] = [];
  readonly #used = new Map<string, string>();
  readonly #server = createServer((incoming, response) => {
    void text(incoming).then((body) => {
      const request = (body === '' ? {} : JSON.parse(body)) as { EndpointID?: string };
      response.setHeader('content-type', 'application/vnd.docker.plugins.v1.1+json');
      response.end(JSON.stringify(this.#answer(incoming.url ?? '', request.EndpointID ?? '')));
    });
  });

  private constructor() {
    // As ours: dockerd keeps connections, and a call on one that is just being closed is lost.
    this.#server.keepAliveTimeout = 0;
  }

  /** Makes veth pairs in the machine, and serves dockerd there as the driver `name`. */
  static async serve(machine: Machine, name: string): Promise<BareDriver> {
    const driver = new BareDriver();
    using links = machine.netlink();
    for (let n = 0; n < PAIRS; n++) {
      links.createVeth({ name: `bare${n}`, up: true, peer: { name: `bare${n}c` } });
      driver.#free.push(`bare${n}c`);
    }
    driver.#server.listen(`${machine.places.run}/docker/plugins/${name}.sock`);
    await once(driver.#server, 'listening');
    return driver;
  }

  /** The pair that has rested longest: its end must be back from the container before. */
  #answer(method: string, endpoint: string): unknown {
    switch (method) {
      case '/Plugin.Activate':
        return { Implements: ['NetworkDriver'] };
      case '/NetworkDriver.GetCapabilities':
        return { Scope: 'local' };
      case '/NetworkDriver.CreateEndpoint':
        this.#used.set(endpoint, this.#free.shift() ?? '');
        return { Interface: {} };
      case '/NetworkDriver.Join':
        // Without a gateway dockerd would add an interface on a bridge of its own (docker_gwbridge).
        return {
          InterfaceName: { SrcName: this.#used.get(endpoint), DstPrefix: 'eth' },
          DisableGatewayService: true,
        };
      case '/NetworkDriver.DeleteEndpoint':
        this.#free.push(this.#used.get(endpoint) ?? '');
        this.#used.delete(endpoint);
        return {};
      case '/NetworkDriver.EndpointOperInfo':
        return { Value: {} };
      default:
        return {};
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.close();
    this.#server.closeAllConnections();
    await once(this.#server, 'close');
  }
}
