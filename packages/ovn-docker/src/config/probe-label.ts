/** A check of a container's data path that its label asks for. */
export type Probe =
  | { readonly kind: 'gateway' }
  | { readonly kind: 'tcp'; readonly port: number }
  | { readonly kind: 'http'; readonly port: number; readonly path: string };

/** A path of an HTTP request (RFC 9110 §7.1), without spaces and control characters. */
const PATH = /^\/(?!\/)[\x21-\x7e]{0,1023}$/;

/**
 * Reads the label `org.ovn-docker.probe`: `gateway`, `tcp:PORT`, `http:/PATH` or `http:PORT/PATH`.
 * @returns undefined for any other text
 */
export function parseProbe(label: string): Probe | undefined {
  if (label === 'gateway') return { kind: 'gateway' };
  const [, tcp] = /^tcp:(\d{1,5})$/.exec(label) ?? [];
  if (tcp !== undefined) return isPort(tcp) ? { kind: 'tcp', port: Number(tcp) } : undefined;
  const [, port = '80', path = ''] = /^http:(\d{1,5})?(\/.*)$/.exec(label) ?? [];
  return PATH.test(path) && isPort(port) ? { kind: 'http', port: Number(port), path } : undefined;
}

function isPort(text: string): boolean {
  return Number(text) >= 1 && Number(text) <= 65_535;
}
