import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { chooseHost } from './choose-host.ts';

const directory = mkdtempSync(join(tmpdir(), 'docker-config-'));
const write = (name: string, value: unknown) => {
  const file = join(directory, name);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, typeof value === 'string' ? value : JSON.stringify(value));
};
/** A context as `docker context create --docker host=HOST` writes it (Docker 20.10 and 28). */
const addContext = (name: string, Host: string) => {
  const id = createHash('sha256').update(name).digest('hex');
  write(`contexts/meta/${id}/meta.json`, {
    Name: name,
    Metadata: {},
    Endpoints: { docker: { Host, SkipTLSVerify: false } },
  });
};
beforeAll(() => {
  addContext('vm-a', 'ssh://root@vm-a');
  addContext('vm-b', 'ssh://root@vm-b');
  addContext('local', 'unix:///run/other.sock');
  addContext('tls', 'tcp://10.0.0.1:2376');
  write('config.json', { currentContext: 'vm-b', auths: {} });
  write('empty/config.json', 'not JSON');
});
afterAll(() => rmSync(directory, { recursive: true }));

const choose = (options: Parameters<typeof chooseHost>[0], env: NodeJS.ProcessEnv = {}) =>
  chooseHost(options, { DOCKER_CONFIG: directory, ...env });
const ssh = (host: string, user = 'root') => ({ kind: 'ssh', ssh: { host, user } });

it.each([
  [{ host: ['ssh://me@vm-c'] }, { DOCKER_HOST: 'ssh://me@vm-d', DOCKER_CONTEXT: 'vm-a' }, ssh('vm-c', 'me')],
  [{ context: 'vm-a' }, { DOCKER_HOST: 'ssh://me@vm-d', DOCKER_CONTEXT: 'vm-b' }, ssh('vm-a')],
  [{}, { DOCKER_HOST: 'ssh://me@vm-d', DOCKER_CONTEXT: 'vm-a' }, ssh('vm-d', 'me')],
  [{}, { DOCKER_HOST: '', DOCKER_CONTEXT: 'vm-a' }, ssh('vm-a')],
  [{}, {}, ssh('vm-b')],
  [{ context: 'default' }, {}, { kind: 'this VM' }],
  [{ context: 'default' }, { DOCKER_HOST: 'ssh://me@vm-d' }, ssh('vm-d', 'me')],
  [{}, { DOCKER_CONTEXT: 'default' }, { kind: 'this VM' }],
  [{ context: 'local' }, {}, { kind: 'this VM', docker: 'unix:///run/other.sock' }],
  [{ host: ['unix:///run/docker.sock'] }, {}, { kind: 'this VM', docker: 'unix:///run/docker.sock' }],
  [{}, { DOCKER_CONFIG: join(directory, 'empty') }, { kind: 'this VM' }],
  [{}, { DOCKER_CONFIG: join(directory, 'none') }, { kind: 'this VM' }],
])('%o with %o, as docker chooses', async (options, env, chosen) => {
  expect(await choose(options, env)).toEqual(chosen);
});

it.each([
  [{ host: ['ssh://a'], context: 'vm-a' }, {}, 'E_USAGE', 'both --host and --context'],
  [{ host: ['ssh://a', 'ssh://b'] }, {}, 'E_USAGE', 'only one --host'],
  [{ host: [''] }, {}, 'E_USAGE', 'empty'],
  [{ context: 'none' }, {}, 'E_HOST', 'context "none" does not exist'],
  [{}, { DOCKER_CONTEXT: '../../etc' }, 'E_HOST', 'does not exist'],
  [{ context: 'tls' }, {}, 'E_HOST', 'tcp:// leads to Docker, but not to the agent'],
  [{}, { DOCKER_HOST: 'tcp://10.0.0.1:2375' }, 'E_HOST', 'tcp:// leads to Docker'],
  [{ host: ['10.0.0.1:2375'] }, {}, 'E_HOST', 'without ssh://'],
  [{ host: ['ssh://-oProxyCommand=id'] }, {}, 'E_HOST', 'characters'],
])('%o with %o is refused', async (options, env, code, words) => {
  await expect(choose(options, env)).rejects.toMatchObject({
    code,
    message: expect.stringContaining(words),
    hint: expect.any(String),
  });
});
