import { BlockList, isIP, isIPv6 } from 'node:net';
import { z } from 'zod';

const file = z.string().trim().startsWith('/', 'must be an absolute path');

const loopback = new BlockList();
loopback.addSubnet('127.0.0.0', 8, 'ipv4');
loopback.addAddress('::1', 'ipv6');

/** An IP address and a TCP port, such as `10.1.0.90:9105` or `[fd00::5]:9105`. */
const address = z
  .string()
  .trim()
  .transform((text, context) => {
    const [, ip = '', port = ''] = /^\[?([^\]]*)\]?:(\d{1,5})$/.exec(text) ?? [];
    const isBracketed = text.startsWith('[');
    if (isIP(ip) !== 0 && isIPv6(ip) === isBracketed && Number(port) <= 65_535)
      return { host: ip, port: Number(port) };
    context.addIssue({ code: 'custom', message: 'must be an IP address and a port, such as 10.1.0.90:9105' });
    return z.NEVER;
  });

/** Where the agent shows its health to other machines ({@link ServeConfig}); ovn-docker-config(5). */
export const serveSchema = z
  .strictObject({
    address,
    /** PEM files of the agent's certificate, with its chain, and of its key. */
    tls: z.strictObject({ certificate: file, key: file }).optional(),
    /** PEM file of the certificates that sign those of clients. */
    client_ca: file.optional(),
  })
  .superRefine(({ address: { host }, tls, client_ca }, context) => {
    const refuse = (message: string) => context.addIssue({ code: 'custom', message });
    if (client_ca && !tls) refuse('client_ca needs tls: set tls.certificate and tls.key too');
    if (loopback.check(host, isIPv6(host) ? 'ipv6' : 'ipv4') || (tls && client_ca)) return;
    refuse(
      `beyond loopback, the agent listens only with TLS and for clients with a certificate: set ${tls ? '' : 'tls and '}client_ca, or listen on 127.0.0.1 (docs/health.md has the commands)`,
    );
  });

/** Where the agent shows its health to other machines, and who may read it. */
export type ServeConfig = z.output<typeof serveSchema>;
