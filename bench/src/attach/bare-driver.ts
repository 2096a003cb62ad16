import { once } from 'node:events';
import { createServer } from 'node:http';
import { text } from 'node:stream/consumers';
import type { Machine } from '@ovn-docker/lab';

/** Number of veth pairs: more than a sequence of containers uses at a time. */
const PAIRS = 8;

/**
 * A driver of dockerd's remote protocol that does nothing (moby, libnetwork/docs/remote.md): it creates its
 * veth pairs beforehand, plugs them into no switch and calls no other program. No driver outside of dockerd
 * can cost less.
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
    // As in the agent: dockerd reuses connections and loses a call on one that the server is closing.
    this.#server.keepAliveTimeout = 0;
  }

  /** Creates veth pairs in the machine and serves its dockerd as the driver `name`. */
  static async serve(machine: Machine, name: string): Promise<BareDriver> {
    const driver = new BareDriver();
    using netlink = machine.netlink();
    for (let n = 0; n < PAIRS; n++) {
      netlink.createVeth({ name: `bare${n}`, up: true, peer: { name: `bare${n}c` } });
      driver.#free.push(`bare${n}c`);
    }
    driver.#server.listen(`${machine.places.run}/docker/plugins/${name}.sock`);
    await once(driver.#server, 'listening');
    return driver;
  }

  /**
   * Assigns the pair that has been free longest, because dockerd must have moved its end back from the last
   * container.
   */
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
        // Without DisableGatewayService, dockerd adds an interface on its own bridge (docker_gwbridge).
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
