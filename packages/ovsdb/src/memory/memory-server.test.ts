import { describeBehaviour } from '../../test/support/behaviour.ts';
import { testSchema } from '../../test/support/test-schema.ts';
import { startMemoryServer } from './memory-server.ts';

describeBehaviour('the server in memory', () => startMemoryServer({ schemas: [testSchema] }));
