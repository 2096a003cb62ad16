/**
 * Runs the proxy as a process in a machine of the lab: `node main.ts '{"control": PATH, "fronts": [...]}'`.
 * Certificates are files of the machine.
 */
import { readFile } from 'node:fs/promises';
import { serveControl } from './control.ts';
import { FaultProxy, type Front, type FrontTls } from './fault-proxy.ts';

const { control, fronts } = JSON.parse(process.argv[2] ?? '') as { control: string; fronts: Front[] };
const proxy = await FaultProxy.listen(await Promise.all(fronts.map(withCertificates)));
await serveControl(proxy, control);
process.stdout.write(`proxy ready: ${proxy.origins.join(' ')}\n`);

/** The front with the content of its files. */
async function withCertificates({ tls, ...front }: Front): Promise<Front> {
  if (!tls) return front;
  const read = (name: keyof FrontTls) => readFile(tls[name], 'utf8');
  return {
    ...front,
    tls: { server: await read('server'), client: await read('client'), ca: await read('ca') },
  };
}
