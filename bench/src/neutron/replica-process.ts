/**
 * A replica of embedded-neutron on the database REMOTE in DIRECTORY, in a process of its own until its
 * standard input ends.
 */
import type { TestNorthbound } from '../../../packages/embedded-neutron/test/support/northbound.ts';
import { startCloud } from '../../../packages/embedded-neutron/test/support/test-cloud.ts';

const [remote = '', directory = ''] = process.argv.slice(2);
const nb = { remote, directory } as TestNorthbound;
await using cloud = await startCloud({ nb, network: { quotas: { port: 200_000 } }, quiet: true });
const token = await cloud.token('alice');
console.log(JSON.stringify({ network: cloud.service.networkUrl, token }));
process.stdin.resume();
await new Promise((resolve) => process.stdin.once('end', resolve));
