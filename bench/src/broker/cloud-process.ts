/** An embedded-neutron on a real ovsdb-server, in a process of its own until its standard input ends. */
import { startCloud } from '../../../packages/embedded-neutron/test/support/test-cloud.ts';

await using cloud = await startCloud({ network: { quotas: { port: -1 } } });
console.log(JSON.stringify({ identity: cloud.service.identityUrl, network: cloud.service.networkUrl }));
process.stdin.resume();
await new Promise((resolve) => process.stdin.once('end', resolve));
