/**
 * The servers of many containers: reads the paths of their namespaces as one line of JSON, listens on port 80
 * in each, prints a line, and ends with its standard input.
 */
import { once } from 'node:events';
import { createServer } from 'node:http';
import { createInterface } from 'node:readline';
import { inNetns } from '@ovn-docker/netlink';

const lines = createInterface(process.stdin);
const [line] = await once(lines, 'line');
const answer = (_: unknown, response: { end(): void }) => void response.end();
for (const netns of JSON.parse(String(line)) as string[]) {
  // Without a host, Node makes the socket in the same turn.
  inNetns(netns, () => void createServer(answer).listen(80));
}
console.log('ready');
await once(lines, 'close');
process.exit();
