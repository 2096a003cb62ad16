#!/usr/bin/env node
/**
 * ovsdb-codegen SCHEMA.ovsschema --prefix NAME [--import-from MODULE] [--out FILE.ts]
 *
 * Writes TypeScript types and a runtime schema for an OVSDB schema.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { generate } from './generate.ts';

const USAGE = 'usage: ovsdb-codegen SCHEMA.ovsschema --prefix NAME [--import-from MODULE] [--out FILE.ts]';

try {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      prefix: { type: 'string' },
      'import-from': { type: 'string', default: '@ovn-docker/ovsdb' },
      out: { type: 'string' },
      help: { type: 'boolean', short: 'h' },
    },
  });
  const [file] = positionals;
  if (values.help) {
    console.log(USAGE);
  } else if (!file || !values.prefix) {
    throw new Error(USAGE);
  } else {
    const json: unknown = JSON.parse(readFileSync(file, 'utf8'));
    const module = generate(json, { prefix: values.prefix, importFrom: values['import-from'] });
    if (values.out) writeFileSync(values.out, module);
    else process.stdout.write(module);
  }
} catch (error) {
  console.error(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
}
