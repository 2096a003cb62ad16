import type { Machine } from '../../machine/machine.ts';

const SOCKET = '/run/mysqld/mysqld.sock';

/** A database and its only user, which has the same name. */
export interface Database {
  readonly name: string;
  /** Password of the user. */
  readonly password: string;
}

/** Creates the server's own tables, starts it and creates the databases. */
export async function prepareMariadb(machine: Machine, databases: readonly Database[]): Promise<void> {
  await machine.must(['install', '-d', '--owner=mysql', '--group=mysql', '/run/mysqld', '/var/lib/mysql']);
  await machine.must([
    'mariadb-install-db',
    '--no-defaults',
    '--user=mysql',
    '--datadir=/var/lib/mysql',
    '--skip-test-db',
  ]);
  await startMariadb(machine);
  const statements = databases.flatMap(({ name, password }) => [
    `CREATE DATABASE ${name};`,
    `GRANT ALL ON ${name}.* TO ${name}@localhost IDENTIFIED BY '${password}';`,
  ]);
  await machine.must(['mariadb', `--socket=${SOCKET}`], { input: statements.join('\n') });
}

/**
 * Starts or restarts MariaDB and waits until it serves. The last transactions survive a crash of the process,
 * but not of the computer.
 */
export async function startMariadb(machine: Machine): Promise<void> {
  const before = machine.log('mariadbd').length;
  await machine.start('mariadbd', [
    'mariadbd',
    '--no-defaults',
    '--user=mysql',
    '--datadir=/var/lib/mysql',
    `--socket=${SOCKET}`,
    '--skip-networking',
    '--innodb-flush-log-at-trx-commit=2',
    '--innodb-buffer-pool-size=128M',
    '--max-connections=300',
    '--character-set-server=utf8mb3',
    '--collation-server=utf8mb3_general_ci',
  ]);
  await machine.waitForLog('mariadbd', 'ready for connections', before);
}

/** Returns SQLAlchemy's URL of a database, for `[database] connection`. */
export function databaseUrl({ name, password }: Database): string {
  return `mysql+pymysql://${name}:${password}@localhost/${name}?unix_socket=${SOCKET}&charset=utf8`;
}
