import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type RequestListener, type Server } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { clockCheck } from './clock-check.ts';
import type { DoctorContext } from './context.ts';

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'clock-'));
});
afterEach(() => rmSync(directory, { recursive: true }));

const run = (config: Promise<object>) =>
  clockCheck.run({ findings: { cloudConfig: config } } as unknown as DoctorContext);

/** Runs the check against a Keystone with this behaviour. */
async function runAgainst(server: Server, scheme: string, more: object = {}) {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  try {
    const authUrl = `${scheme}://127.0.0.1:${(server.address() as AddressInfo).port}/v3`;
    return await run(Promise.resolve({ authUrl, auth: { type: 'token', token: 'secret' }, ...more }));
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

const telling =
  (aheadMs: number): RequestListener =>
  (request, response) => {
    expect(request.headers['x-auth-token']).toBeUndefined();
    response.setHeader('date', new Date(Date.now() + aheadMs).toUTCString());
    // Any answer has the time, a refusal too.
    response.writeHead(300).end('{}');
  };

it('says that the clock is right, or how much it differs', async () => {
  expect(await runAgainst(createServer(telling(0)), 'http')).toEqual({
    facts: ['right by the clock of Keystone'],
  });
  expect(await runAgainst(createServer(telling(-30_500)), 'http')).toMatchObject({
    facts: [expect.stringMatching(/^3[01] s fast by/)],
  });
});

it.each([
  ['fast', -3_600_000, 'seem to expire too early'],
  ['slow', 3_600_000, 'new certificates not yet valid'],
])('scenario 40: warns of a clock that is an hour %s', async (direction, aheadMs, message) => {
  const { facts, warnings } = await runAgainst(createServer(telling(aheadMs)), 'http');
  expect(facts).toEqual([expect.stringMatching(new RegExp(`^3[56]\\d\\d s ${direction} by`))]);
  expect(warnings).toEqual([
    { message: expect.stringContaining(message), hint: expect.stringContaining('timedatectl set-ntp true') },
  ]);
});

it('is skipped where Keystone is unknown, away, or tells no time', async () => {
  const unknown = Promise.reject(new Error('no credential'));
  expect(await run(unknown)).toMatchObject({
    isSkipped: true,
    facts: ['no URL of Keystone or a broker is known'],
  });
  const away = Promise.resolve({
    authUrl: 'http://127.0.0.1:1/v3',
    auth: { type: 'token', token: 'secret' },
  });
  expect(await run(away)).toMatchObject({ isSkipped: true, facts: ['Keystone did not tell the time'] });
  const mute = createServer((_, response) => {
    response.sendDate = false;
    response.end('{}');
  });
  expect(await runAgainst(mute, 'http')).toMatchObject({ isSkipped: true });
});

/** A self-signed certificate for 127.0.0.1 with this validity (openssl-ca(1)). */
function certificate(from: string, until: string): { key: string; cert: string; caFile: string } {
  const config = `[ca]
default_ca=a
[a]
dir=${directory}
new_certs_dir=${directory}
database=${directory}/index
serial=${directory}/serial
default_md=sha256
policy=p
x509_extensions=x
[p]
commonName=supplied
[x]
subjectAltName=IP:127.0.0.1
[req]
distinguished_name=d
[d]
`;
  const file = (name: string, text?: string) => {
    const path = join(directory, name);
    if (text !== undefined) writeFileSync(path, text);
    return path;
  };
  const [settings, key, request, cert] = [file('cnf', config), file('key'), file('csr'), file('cert')];
  file('index', '');
  const openssl = (...args: string[]) => execFileSync('openssl', args, { stdio: 'ignore', cwd: directory });
  const curve = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1'];
  openssl('req', '-config', settings, ...curve, '-nodes', '-keyout', key, '-out', request, '-subj', '/CN=c');
  const validity = ['-startdate', from, '-enddate', until];
  const sign = ['-selfsign', '-batch', '-create_serial', '-notext', '-keyfile', key];
  openssl('ca', '-config', settings, ...sign, ...validity, '-in', request, '-out', cert);
  return { key: readFileSync(key, 'utf8'), cert: readFileSync(cert, 'utf8'), caFile: cert };
}

it.each([
  ['has expired', '20200101000000Z', '20200102000000Z'],
  ['is not yet valid', '20990101000000Z', '20990102000000Z'],
])("scenario 40: a certificate that %s at the VM's time is the fault", async (state, from, until) => {
  const { caFile, ...pair } = certificate(from, until);
  const server = createTlsServer(pair, telling(0));
  await expect(runAgainst(server as unknown as Server, 'https', { caFile })).rejects.toMatchObject({
    code: 'E_API_UNREACHABLE',
    message: expect.stringMatching(
      new RegExp(`^the certificate of Keystone ${state} at 20.*, the VM's time$`),
    ),
    hint: expect.stringContaining('date -u'),
  });
});
