/**
 * Runs the proxy as a process in a machine of the lab: `node main.ts '{"control": PATH, "fronts": [...]}'`.
 */
import { serveControl } from './control.ts';
import { FaultProxy, type Front } from './fault-proxy.ts';

const { control, fronts } = JSON.parse(process.argv[2] ?? '') as { control: string; fronts: Front[] };
const proxy = await FaultProxy.listen(fronts);
await serveControl(proxy, control);
process.stdout.write(`proxy ready: ${proxy.origins.join(' ')}\n`);
