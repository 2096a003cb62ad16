/**
 * npm run bench -- [NAME...] [--json] [--engine VERSION]: runs benchmarks. `--engine` chooses the Docker of
 * `attach`. The exit code is 1 if a target is missed, 2 if a benchmark fails.
 */
import { parseArgs } from 'node:util';
import { formatGrowth, growthOf } from './growth.ts';
import { format, type Line, misses } from './line.ts';

/** What a user chooses for all benchmarks. */
interface BenchOptions {
  /** The VMs' Docker in `attach`. */
  readonly engine: string;
}

interface Bench {
  run(options: BenchOptions): AsyncIterable<Line>;
}

/** The benchmarks by name. Each yields its lines as it measures them. */
const BENCHES: Readonly<Record<string, () => Promise<Bench>>> = {
  ovsdb: () => import('./ovsdb/index.ts'),
  attach: () => import('./attach/index.ts'),
  openstack: () => import('./openstack/index.ts'),
  broker: () => import('./broker/index.ts'),
  probes: () => import('./probes/index.ts'),
  neutron: () => import('./neutron/index.ts'),
  scale: () => import('./scale/index.ts'),
};

/** The benchmarks that run if the user names none: they take only minutes. */
const DEFAULTS = ['ovsdb', 'attach'];

try {
  await main();
} catch (error) {
  for (const each of unfold(error)) console.error(each instanceof Error ? each.message : String(each));
  process.exitCode = 2;
}

/** Returns the first error, then the errors of the cleanup after it. */
function unfold(error: unknown): unknown[] {
  return error instanceof SuppressedError ? [...unfold(error.suppressed), ...unfold(error.error)] : [error];
}

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      json: { type: 'boolean', default: false },
      engine: { type: 'string', default: '20.10' },
    },
  });
  const unknown = positionals.filter((name) => !Object.hasOwn(BENCHES, name));
  if (unknown.length > 0) {
    throw new Error(`unknown benchmark ${unknown.join(', ')}; known: ${Object.keys(BENCHES).join(', ')}`);
  }
  for (const name of positionals.length > 0 ? positionals : DEFAULTS) {
    const bench = await BENCHES[name]?.();
    const lines: Line[] = [];
    for await (const line of bench?.run({ engine: values.engine }) ?? []) {
      console.log(
        values.json ? JSON.stringify({ bench: name, ...line, missed: misses(line) }) : format(line),
      );
      if (misses(line)) process.exitCode = 1;
      lines.push(line);
    }
    const growth = growthOf(lines);
    if (growth.length > 0)
      console.log(values.json ? JSON.stringify({ bench: name, growth }) : `\n${formatGrowth(growth)}`);
  }
}
