/** A small schema with every kind of column, reference and constraint. */
export const testSchema = {
  name: 'Test',
  version: '1.0.0',
  tables: {
    Root: {
      isRoot: true,
      indexes: [['name']],
      columns: {
        name: { type: 'string' },
        number: { type: { key: { type: 'integer', minInteger: 0, maxInteger: 100 } } },
        ratio: { type: 'real' },
        flag: { type: 'boolean' },
        mode: { type: { key: { type: 'string', enum: ['set', ['access', 'trunk']] }, min: 0, max: 1 } },
        tags: { type: { key: 'integer', min: 0, max: 4 } },
        words: { type: { key: 'string', min: 0, max: 'unlimited' } },
        ids: { type: { key: 'string', value: 'string', min: 0, max: 'unlimited' } },
        counts: { type: { key: 'integer', value: 'integer', min: 0, max: 'unlimited' } },
        child: { type: { key: { type: 'uuid', refTable: 'Child' }, min: 0, max: 1 } },
        children: { type: { key: { type: 'uuid', refTable: 'Child' }, min: 0, max: 'unlimited' } },
        friends: {
          type: { key: { type: 'uuid', refTable: 'Root', refType: 'weak' }, min: 0, max: 'unlimited' },
        },
        fixed: { type: 'string', mutable: false },
        queues: {
          type: {
            key: 'integer',
            value: { type: 'uuid', refTable: 'Child' },
            min: 0,
            max: 'unlimited',
          },
        },
      },
    },
    Child: {
      columns: {
        name: { type: 'string' },
        parent: { type: { key: { type: 'uuid', refTable: 'Root', refType: 'weak' }, min: 0, max: 1 } },
      },
    },
    Single: {
      isRoot: true,
      maxRows: 1,
      columns: { value: { type: { key: 'string', min: 0, max: 1 } } },
    },
    Must: {
      isRoot: true,
      columns: {
        root: {
          type: { key: { type: 'uuid', refTable: 'Root', refType: 'weak' }, min: 1, max: 'unlimited' },
        },
      },
    },
  },
};
