import { installFile } from '../../machine/install-file.ts';
import type { Machine } from '../../machine/machine.ts';
import { management, urls } from '../../topology.ts';
import { renderIni } from './ini.ts';
import { type Database, databaseUrl } from './mariadb.ts';

const CONFIG = '/etc/keystone/keystone.conf';

/** Keystone's own default of `[token] expiration`. */
const HOUR_S = 3600;

/** Creates Keystone's configuration (on its default path), tables, keys and operator. */
export async function prepareKeystone(
  machine: Machine,
  database: Database,
  adminPassword: string,
): Promise<void> {
  const config = renderIni({
    DEFAULT: { use_stderr: true },
    database: { connection: databaseUrl(database) },
    token: { provider: 'fernet', expiration: HOUR_S },
    fernet_tokens: { key_repository: '/etc/keystone/fernet-keys' },
    credential: { key_repository: '/etc/keystone/credential-keys' },
    cache: { enabled: true, backend: 'dogpile.cache.memory' },
  });
  await installFile(machine, CONFIG, config);
  const owner = ['--keystone-user=root', '--keystone-group=root'];
  await machine.must(['mkdir', '-p', '/etc/keystone/fernet-keys', '/etc/keystone/credential-keys']);
  await manage(machine, ['fernet_setup', ...owner]);
  await manage(machine, ['credential_setup', ...owner]);
  await manage(machine, ['db_sync']);
  const url = urls.identity;
  const bootstrap = [
    '--bootstrap-region-id=RegionOne',
    ...['public', 'internal', 'admin'].map((kind) => `--bootstrap-${kind}-url=${url}`),
  ];
  // The password comes by standard input, because every user can see a program's arguments, those of `env`
  // included.
  const script =
    'read -r OS_BOOTSTRAP_PASSWORD; export OS_BOOTSTRAP_PASSWORD; exec keystone-manage bootstrap "$@"';
  await machine.must(['/bin/sh', '-c', script, 'bootstrap', ...bootstrap], { input: `${adminPassword}\n` });
}

async function manage(machine: Machine, command: readonly string[]): Promise<void> {
  await machine.must(['keystone-manage', ...command], { timeoutMs: 180_000 });
}

/**
 * Restarts Keystone with another lifetime of its tokens, in seconds; issued tokens keep theirs. Returns a
 * function that restores the usual lifetime.
 */
export async function setTokenLifetime(machine: Machine, seconds: number): Promise<() => Promise<void>> {
  const apply = async (value: number) => {
    await machine.must(['sed', '-i', `s/^expiration = .*/expiration = ${value}/`, CONFIG]);
    await machine.stop('keystone');
    await startKeystone(machine);
  };
  await apply(seconds);
  return () => apply(HOUR_S);
}

/** Starts or restarts Keystone and waits until it serves. */
export async function startKeystone(machine: Machine): Promise<void> {
  const before = machine.log('keystone').length;
  await machine.start(
    'keystone',
    [
      'uwsgi',
      '--plugins=python3',
      '--master',
      '--die-on-term',
      '--lazy-apps',
      '--enable-threads',
      '--no-orphans',
      '--processes=1',
      '--threads=4',
      '--buffer-size=65535',
      `--http-socket=${management.api}:5000`,
      // Without the header uwsgi keeps the connection open, but reads no second request from it.
      '--add-header=Connection: close',
      '--wsgi-file=/usr/bin/keystone-wsgi-public',
    ],
    // Keystone writes requests to its log; in the C locale, one with other letters than ASCII has no answer.
    { PYTHONWARNINGS: 'ignore', LC_ALL: 'C.UTF-8' },
  );
  await machine.waitForLog('keystone', 'WSGI app 0', before, 120_000);
}
