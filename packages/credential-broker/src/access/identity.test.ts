import { execFileSync } from 'node:child_process';
import { createHash, X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { connect, Server, type TLSSocket } from 'node:tls';
import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest';
import {
  type JoinedVm,
  joinVm,
  makeNetwork,
  makePort,
  makeVm,
  type TestVm,
} from '../../test/support/scene.ts';
import {
  BrokerClient,
  type ClientOptions,
  joinWith,
  newKey,
  startTestBroker,
  type TestBroker,
} from '../../test/support/test-broker.ts';
import { Authority } from '../certificates/authority.ts';
import { publicKeyOf } from '../certificates/vm-certificate.ts';
import { PemConverter } from '../certificates/x509.ts';
import { clientOf } from './client.ts';

let broker: TestBroker;
let vm: TestVm;
let url: string;

beforeAll(async () => {
  broker = await startTestBroker();
  url = broker.service.url;
  vm = await makeVm(broker, await makeNetwork(broker, '127.0.9.0/24'), '127.0.9.5');
});
afterAll(() => broker[Symbol.asyncDispose]());

const invite = (given = {}) => broker.invite({ vif_id: vm.id, project_id: vm.projectId, ...given });

/** The status and the rule in the message of a refusal. */
async function refusalOf(options: ClientOptions, method = 'GET', path = '/v2.0/networks', body?: unknown) {
  using client = new BrokerClient(url, options);
  const answer = await client.send(method, path, body);
  return [answer.status, /rule "(.*?)"/.exec(answer.body?.NeutronError?.message)?.[1]];
}

test('a folder that the broker cannot use is an error of the broker that the agent tries again, and no bug', async () => {
  const [joins, away] = ['joins', 'away'].map((name) => join(broker.folder, name));
  const { token } = await invite();
  const { csr } = await newKey();
  using client = new BrokerClient(url, { from: vm.address });
  mkdirSync(joins ?? '', { recursive: true });
  renameSync(joins ?? '', away ?? '');
  writeFileSync(joins ?? '', '');
  const answer = await client.send('POST', '/v1/join', { token, csr }).finally(() => {
    rmSync(joins ?? '');
    renameSync(away ?? '', joins ?? '');
  });
  expect([answer.status, answer.headers['retry-after'], answer.body.NeutronError.type]).toEqual([
    503,
    '5',
    'ServiceUnavailable',
  ]);
});

describe('the server', () => {
  test('sends its CA in the handshake, so that a VM can compare the hash of the invitation', async () => {
    const { hostname, port } = new URL(url);
    const socket = connect({ host: hostname, port: Number(port), rejectUnauthorized: false });
    await new Promise((resolve) => socket.once('secureConnect', resolve));
    const { issuerCertificate } = socket.getPeerCertificate(true);
    socket.destroy();
    const hash = createHash('sha256').update(issuerCertificate.raw).digest('hex');
    expect(`sha256:${hash}`).toBe(broker.service.caHash);
  });

  test('resumes no TLS session, also after it has replaced its certificate', async () => {
    vi.useFakeTimers({ toFake: ['setInterval'] });
    onTestFinished(() => void vi.useRealTimers());
    const renewed = vi.spyOn(Server.prototype, 'setSecureContext');
    const second = await broker.another();
    const port = Number(new URL(second.url).port);
    const isResumed = async () => {
      const open = (session?: Buffer) =>
        connect({ port, host: '127.0.0.1', rejectUnauthorized: false, ...(session ? { session } : {}) });
      const first = open();
      first.write('GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n');
      // Tickets of TLS 1.3 arrive before the first answer.
      await once(first, 'data');
      const again = open(first.getSession());
      await once(again, 'secureConnect');
      const isReused = again.isSessionReused();
      first.destroy();
      again.destroy();
      return isReused;
    };
    expect(await isResumed()).toBe(false);
    renewed.mockClear();
    vi.advanceTimersByTime(86_400_000);
    await vi.waitUntil(() => renewed.mock.results.length > 0);
    expect(await isResumed()).toBe(false);
    await broker.close(second);
  });

  test('has a certificate for its names that its CA issued', async () => {
    const { pem } = await Authority.open(broker.folder);
    const { hostname, port } = new URL(url);
    const socket = connect({ host: hostname, port: Number(port), ca: pem });
    await new Promise((resolve, reject) => socket.once('secureConnect', resolve).once('error', reject));
    expect([socket.authorized, socket.getPeerCertificate().subjectaltname]).toEqual([
      true,
      'IP Address:127.0.0.1, DNS:localhost',
    ]);
    socket.destroy();
  });

  test('answers /healthz and /readyz without a certificate, and tells nothing else', async () => {
    using client = new BrokerClient(url);
    expect((await client.send('GET', '/healthz')).body).toEqual({ status: 'ok' });
    expect((await client.send('GET', '/readyz')).body).toEqual({ status: 'ready' });
  });
});

describe('joining', () => {
  test('a token brings a certificate for the VM, and the folder contains no secret', async () => {
    const { token, invitation } = await invite();
    const identity = await joinWith(url, token, vm.address);
    expect(identity).toMatchObject({ vif_id: vm.id, project_id: vm.projectId });
    const { subjectAltName, keyUsage, validToDate } = new X509Certificate(identity.certificate ?? '');
    expect(subjectAltName).toBe(
      `URI:urn:ovn-docker:vif:${vm.id}, URI:urn:ovn-docker:invitation:${invitation.id}`,
    );
    expect(keyUsage).toEqual(['1.3.6.1.5.5.7.3.2']);
    expect(validToDate.toISOString()).toBe(identity.expires_at);
    expect(JSON.stringify(await broker.invitations.all())).not.toContain(token.split('.')[1]);
    expect(JSON.stringify(broker.lines)).not.toContain(token.split('.')[1]);
  });

  test('a token works once, also when two VMs send it to two brokers at the same moment', async () => {
    const second = await broker.another();
    const { token } = await invite();
    const results = await Promise.allSettled(
      [url, second.url, url, second.url].map((each) => joinWith(each, token, vm.address)),
    );
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    for (const result of results) {
      if (result.status === 'rejected')
        expect(String(result.reason)).toMatch(/403 .*rule \\"token\\".*was used at/);
    }
    await broker.close(second);
  });

  test('after a lost answer, the same token with the same key brings the same certificate', async () => {
    const { token } = await invite();
    const key = await newKey();
    const first = await joinWith(url, token, vm.address, key);
    const again = await joinWith(url, token, vm.address, key);
    expect(again.certificate).toBe(first.certificate);
  });

  test.each([
    ['unknown', async () => 'f'.repeat(16)],
    ['of another secret', async () => `${(await invite()).invitation.id}.x`],
    ['without a secret', async () => (await invite()).invitation.id],
    ['that leads out of the folder', async () => '../../etc/passwd.x'],
    ['expired', async () => (await invite({ expires_at: new Date(Date.now() - 1).toISOString() })).token],
    [
      'revoked',
      async () => {
        const { token, invitation } = await invite();
        await broker.invitations.revoke(invitation.id);
        return token;
      },
    ],
  ])('a token that is %s is refused', async (_, tokenOf) => {
    const { csr } = await newKey();
    const body = { token: await tokenOf(), csr };
    expect(await refusalOf({ from: vm.address }, 'POST', '/v1/join', body)).toEqual([403, 'token']);
  });

  test('a token from another address than the VM’s is refused, and stays usable', async () => {
    const { token } = await invite();
    const { csr } = await newKey();
    expect(await refusalOf({ from: '127.0.9.77' }, 'POST', '/v1/join', { token, csr })).toEqual([
      403,
      'source address',
    ]);
    await joinWith(url, token, vm.address);
  });

  test.each([
    ['no PEM', async () => 'x'],
    ['a key of 1024 bits', async () => (await newKey(rsa(1024))).csr],
    ['a wrong signature', async () => withOtherEnd((await newKey()).csr)],
    ['a very long text', async () => 'x'.repeat(20_000)],
  ])('a signing request with %s is refused', async (_, csrOf) => {
    const { token } = await invite();
    const body = { token, csr: await csrOf() };
    expect(await refusalOf({ from: vm.address }, 'POST', '/v1/join', body)).toEqual([400, 'signing request']);
  });

  test('an RSA key whose exponent makes checks expensive is refused', async () => {
    const { token } = await invite();
    const options =
      '-newkey rsa:2048 -pkeyopt rsa_keygen_pubexp:4294967297 -nodes -keyout /dev/null -subj /CN=x';
    const csr = execFileSync('openssl', ['req', '-new', ...options.split(' ')], {
      encoding: 'utf8',
      stdio: 'pipe',
    });
    const answer = await refusalOf({ from: vm.address }, 'POST', '/v1/join', { token, csr });
    expect(answer).toEqual([400, 'signing request']);
  });

  test('an RSA key of 2048 bits is fine', async () => {
    const { token } = await invite();
    await joinWith(url, token, vm.address, await newKey(rsa(2048)));
  });

  test.each([[null], ['x'], [{}], [{ token: 1, csr: 'x' }], [{ token: 'x', csr: 'x', vif_id: 'y' }], ['{']])(
    'the body %j is refused',
    async (body) => {
      expect(await refusalOf({ from: vm.address }, 'POST', '/v1/join', body)).toEqual([400, 'body']);
    },
  );
});

describe('a certificate', () => {
  let joined: JoinedVm;
  beforeAll(async () => {
    joined = await joinVm(broker, vm);
  });
  afterAll(() => joined[Symbol.dispose]());

  test('renews itself for another key, and both certificates work until they expire', async () => {
    const { key, csr } = await newKey();
    const { status, body } = await joined.client.send('POST', '/v1/renew', { csr });
    expect([status, body.vif_id]).toEqual([200, vm.id]);
    using client = new BrokerClient(url, { certificate: body.certificate, key, from: vm.address });
    expect((await client.send('GET', '/v1/vm')).status).toBe(200);
    expect((await joined.client.send('GET', '/v1/vm')).status).toBe(200);
  });

  test('is missing: every request of a VM is refused', async () => {
    for (const [method, path] of [
      ['GET', '/v2.0/networks'],
      ['POST', '/v2.0/ports'],
      ['GET', '/v2.0/unknown'],
      ['GET', '/v1/vm'],
      ['POST', '/v1/renew'],
    ] as const) {
      expect(await refusalOf({ from: vm.address }, method, path)).toEqual([401, 'certificate']);
    }
  });

  test('stolen: from another address it is refused', async () => {
    expect(await refusalOf({ ...joined.identity, from: '127.0.9.77' })).toEqual([403, 'source address']);
    expect(await refusalOf({ ...joined.identity, from: '127.0.9.77' }, 'POST', '/v1/renew', {})).toEqual([
      403,
      'source address',
    ]);
  });

  test('follows the VM to an address that its port gets later', async () => {
    const network = await makeNetwork(broker, '127.0.11.0/24');
    const { id, project_id = '' } = await makePort(broker, {
      network_id: network,
      fixed_ips: [{ ip_address: '127.0.11.5' }],
    });
    const { token } = await broker.invite({ vif_id: id, project_id, sources: null });
    const identity = await joinWith(url, token, '127.0.11.5');
    const fixed_ips = [{ ip_address: '127.0.11.6' }];
    await broker.cloud.call('alice', 'PUT', `ports/${id}`, { port: { fixed_ips } });
    using client = new BrokerClient(url, { ...identity, from: '127.0.11.6' });
    // The broker reads the port again when an address does not fit, at most every two seconds.
    await expect.poll(async () => (await client.send('GET', '/v1/vm')).status, { timeout: 10_000 }).toBe(200);
  });

  test('with `--from`, other addresses are allowed and the fixed IPs are not', async () => {
    const { token } = await invite({ sources: ['127.0.20.0/24'] });
    const identity = await joinWith(url, token, '127.0.20.7');
    expect(await refusalOf({ ...identity, from: vm.address })).toEqual([403, 'source address']);
    using client = new BrokerClient(url, { ...identity, from: '127.0.20.8' });
    expect((await client.send('GET', '/v1/vm')).status).toBe(200);
  });

  test.each([
    ['expired', async (csr: string) => issue(await Authority.open(broker.folder), csr, -0.001)],
    [
      'of another CA',
      async (csr: string) => issue(await Authority.open(join(broker.folder, 'other')), csr, 1),
    ],
  ])('%s is refused', async (_, certificateOf) => {
    const { key, csr } = await newKey();
    const certificate = await certificateOf(csr);
    expect(await refusalOf({ certificate, key, from: vm.address })).toEqual([401, 'certificate']);
  });

  test('the server’s own certificate is no client certificate', async () => {
    const { certificate, key } = await (await Authority.open(broker.folder)).issueServer(['x'], 1);
    expect(await refusalOf({ certificate, key, from: vm.address })).toEqual([401, 'certificate']);
  });

  test('of a connection that outlives it is refused', () => {
    const socket = {
      authorized: true,
      getPeerCertificate: () => ({
        subjectaltname: 'URI:urn:ovn-docker:vif:v, URI:urn:ovn-docker:invitation:i',
        valid_to: 'Nov 30 10:00:00 2026 GMT',
      }),
    } as unknown as TLSSocket;
    const expiry = Date.UTC(2026, 10, 30, 10);
    expect(clientOf(socket, expiry - 1)).toEqual({ vifId: 'v', invitationId: 'i', expiresAt: expiry });
    expect(() => clientOf(socket, expiry)).toThrow(/expired/);
  });

  test('revoked: the next request is refused, on open connections and by both brokers', async () => {
    const second = await broker.another();
    const { token, invitation } = await invite();
    const identity = { ...(await joinWith(url, token, vm.address)), keepAlive: 1 };
    using here = new BrokerClient(url, identity);
    using there = new BrokerClient(second.url, identity);
    for (const client of [here, there]) expect((await client.send('GET', '/v1/vm')).status).toBe(200);
    await broker.invitations.revoke(invitation.id);
    for (const client of [here, there]) {
      const { status, body } = await client.send('GET', '/v1/vm');
      expect([status, body.NeutronError.message]).toEqual([403, expect.stringContaining('rule "revoked"')]);
    }
    expect((await here.send('POST', '/v1/renew', { csr: 'x' })).status).toBe(403);
    await broker.close(second);
  });

  test('of an invitation whose file was deleted is refused', async () => {
    const { token, invitation } = await invite();
    const identity = await joinWith(url, token, vm.address);
    rmSync(join(broker.folder, 'invitations', `${invitation.id}.json`));
    expect(await refusalOf(identity)).toEqual([403, 'revoked']);
  });

  test('outlives a restart of the broker', async () => {
    const { token } = await invite();
    const second = await broker.another();
    const identity = await joinWith(second.url, token, vm.address);
    await broker.close(second);
    const third = await broker.another();
    using client = new BrokerClient(third.url, identity);
    expect((await client.send('GET', '/v1/vm')).status).toBe(200);
    await broker.close(third);
  });
});

/** A signing request of which the last bit, which belongs to the signature, is another one. */
function withOtherEnd(csr: string): string {
  const der = Buffer.from(csr.replace(/-----.*-----/g, ''), 'base64');
  der[der.length - 1] = (der.at(-1) ?? 0) ^ 1;
  return PemConverter.encode(der, 'CERTIFICATE REQUEST');
}

function rsa(modulusLength: number) {
  const publicExponent = new Uint8Array([1, 0, 1]);
  return { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256', modulusLength, publicExponent };
}

async function issue(authority: Authority, csr: string, days: number): Promise<string> {
  const uris = [`urn:ovn-docker:vif:${vm.id}`, 'urn:ovn-docker:invitation:0123456789abcdef'];
  return authority.issueClient(await publicKeyOf(csr), { name: 'x', uris, days });
}
