/**
 * A replica of embedded-neutron on the database REMOTE in DIRECTORY, in a process of its own until its
 * standard input ends.
 */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type { TestNorthbound } from './northbound.ts';
import { startCloud } from './test-cloud.ts';
import { TurnMeter } from './turn-meter.ts';

const [remote = '', directory = ''] = process.argv.slice(2);
const nb = { remote, directory } as TestNorthbound;
const turns = new TurnMeter();
// The start is long work, too.
turns.start();
await using cloud = await startCloud({ nb, network: { quotas: { port: 200_000 } }, quiet: true });
const token = await cloud.token('alice');
console.log(JSON.stringify({ network: cloud.service.networkUrl, token }));
setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;
process.on('message', (message) => {
  if (message === 'watch') turns.start();
  else if (message === 'heap') {
    collect();
    process.send?.(process.memoryUsage().heapUsed);
  } else process.send?.(turns.stop());
});
process.stdin.resume();
await new Promise((resolve) => process.stdin.once('end', resolve));
process.disconnect();
