import { describeBehaviour } from './support/behaviour.ts';
import { startServer } from './support/real-server.ts';
import { testSchema } from './support/test-schema.ts';

describeBehaviour('ovsdb-server', () => startServer({ schemas: [testSchema] }));
