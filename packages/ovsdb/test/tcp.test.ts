import { expect, it } from 'vitest';
import { connect, openReplica } from '../src/index.ts';
import { testSchema } from './generated/test.ts';
import { freePort } from './support/free-port.ts';
import { startServer } from './support/real-server.ts';
import { testSchema as json } from './support/test-schema.ts';

it('connects by TCP and sees the changes of other clients', async () => {
  const port = await freePort();
  await using server = await startServer({
    schemas: [json],
    arguments: [`--remote=ptcp:${port}:127.0.0.1`],
  });
  await using client = await connect({ remotes: `tcp:127.0.0.1:${port}` });
  await using other = await connect({ remotes: server.remote });
  expect(await client.listDbs()).toContain(json.name);
  await using mine = await openReplica(client, testSchema, { Root: ['name'] });
  await using theirs = await openReplica(other, testSchema, { Root: ['name'] });
  const transaction = theirs.transaction();
  transaction.insert('Root', { name: 'by unix' });
  await transaction.commit();
  await mine.until((replica) => replica.find('Root', { name: 'by unix' })[0]);
});
