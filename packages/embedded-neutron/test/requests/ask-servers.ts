/**
 * Asks a Neutron and its Keystone everything. Reads `{servers, selection}` from standard input and writes the
 * answers. It runs on a machine of the lab, which reaches Neutron.
 */
import { json } from 'node:stream/consumers';
import { askEverything, type Selection } from './ask-everything.ts';
import { httpSend, type Servers } from './http-send.ts';

const { servers, selection } = (await json(process.stdin)) as {
  readonly servers: Servers;
  readonly selection: Selection;
};
const { send, clean } = httpSend(servers);
process.stdout.write(JSON.stringify(await askEverything(selection, send, clean)));
