import type { Connections } from '@ovn-docker/http-server';
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';

/** A request that was answered. */
export interface Answered {
  readonly api: string;
  readonly method: string;
  readonly status: number;
  readonly seconds: number;
}

const PREFIX = 'embedded_neutron_';
/** Methods of the APIs; clients can send any other. */
const METHODS = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE']);

/** The service's metrics for Prometheus. */
export class Metrics {
  readonly #registry = new Registry();
  readonly #requests = new Histogram({
    name: `${PREFIX}request_seconds`,
    help: 'Duration of requests by API, method and status, until the answer begins',
    labelNames: ['api', 'method', 'status'],
    buckets: [0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1, 3, 10, 30],
    registers: [this.#registry],
  });

  constructor(connections: Connections, isReady: () => Promise<boolean>) {
    const registers = [this.#registry];
    // The default precision samples the event loop 100 times a second, which alone takes 0.5 % of a core.
    collectDefaultMetrics({ register: this.#registry, prefix: PREFIX, eventLoopMonitoringPrecision: 100 });
    // Gauges whose names end like those of counters: `promtool check metrics` refuses them.
    for (const kind of ['handles', 'requests', 'resources']) {
      this.#registry.removeSingleMetric(`${PREFIX}nodejs_active_${kind}_total`);
    }
    new Gauge({
      name: `${PREFIX}connections`,
      help: 'Open connections of clients',
      registers,
      collect() {
        this.set(connections.size);
      },
    });
    new Gauge({
      name: `${PREFIX}ready`,
      help: 'Whether OVN Northbound and Keystone answer and the service does not stop',
      registers,
      async collect() {
        this.set((await isReady()) ? 1 : 0);
      },
    });
    new Counter({
      name: `${PREFIX}connections_lost_total`,
      help: 'Connections closed for others (replaced) and refused, because of the limits',
      labelNames: ['how'],
      registers,
      collect() {
        this.reset();
        for (const [how, count] of Object.entries(connections.lost)) this.inc({ how }, count);
      },
    });
  }

  /** Counts an answer. */
  answered({ api, method, status, seconds }: Answered): void {
    const known = METHODS.has(method) ? method : 'other';
    this.#requests.observe({ api, method: known, status }, seconds);
  }

  /** All metrics as text (exposition format 0.0.4). */
  read(): Promise<string> {
    return this.#registry.metrics();
  }
}
