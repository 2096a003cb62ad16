import type { CloudConfig } from '@ovn-docker/openstack';
import { type Document, isMap, parseDocument, stringify } from 'yaml';
import { type AgentConfig, DEFAULT_CONFIG_FILE } from '../../config/agent-config.ts';
import { type FileChange, type FileState, textFile } from '../machine/files.ts';
import type { Machine } from '../machine/machine.ts';
import type { Names } from '../network-managers/network-manager.ts';
import { AUTHORITIES_FILE, CLOUDS_FILE, cloudsYamlOf } from './clouds-yaml.ts';

/** The files that the agent needs. */
export interface AgentFiles {
  readonly changes: readonly FileChange[];
  /** Where the credential comes from, in words. */
  readonly origin: string;
}

/** A credential that init writes for the agent; undefined if the configuration names one already. */
export interface NewCredential {
  readonly config: CloudConfig;
  /** The cloud's name in the new clouds.yaml. */
  readonly name: string;
  readonly origin: string;
}

/** Plans clouds.yaml, readable by root only, and the few lines of the configuration. */
export function planAgentFiles(
  machine: Machine,
  names: Names,
  config: AgentConfig,
  credential: NewCredential | undefined,
): AgentFiles {
  const { files } = machine;
  const before = files.text(DEFAULT_CONFIG_FILE);
  const after = configText(before, names, config, credential?.name);
  const changes = [
    ...(credential ? credentialFiles(machine, credential) : []),
    ...(after === before ? [] : [files.change(DEFAULT_CONFIG_FILE, configFile(machine, after))]),
  ];
  return {
    changes: changes.filter(({ before, after }) => JSON.stringify(before) !== JSON.stringify(after)),
    origin: credential?.origin ?? 'the configuration',
  };
}

/** The agent reads only a file that only root can change. */
function configFile({ files }: Machine, text: string): FileState {
  const before = files.read(DEFAULT_CONFIG_FILE);
  const after = textFile(text);
  if (!before || !('content' in before) || !('content' in after)) return after;
  return { ...after, mode: before.mode & ~0o022, gid: before.gid };
}

function credentialFiles({ files }: Machine, { config, name, origin }: NewCredential): FileChange[] {
  const authorities = config.caFile === undefined ? undefined : files.text(config.caFile);
  const text = cloudsYamlOf(config, name, origin, authorities !== undefined);
  return [
    ...(authorities === undefined ? [] : [files.change(AUTHORITIES_FILE, textFile(authorities))]),
    files.change(CLOUDS_FILE, textFile(text, 0o600)),
  ];
}

const ONLY_COMMENTS = /^(([ \t]*(#.*)?|---)(\r?\n|$))*$/;

/** A text that YAML cannot take for a number, a truth value or another form. */
function quoted(text: string): string {
  const isPlain = /^[a-z][\w-]*$/i.test(text) && stringify(text, { schema: 'yaml-1.1' }).trim() === text;
  return isPlain ? text : JSON.stringify(text);
}

/** Sets what the agent needs, and leaves the user's other lines and comments alone. */
export function configText(
  before: string | undefined,
  { uplink, bridge }: Names,
  config: AgentConfig,
  cloud: string | undefined,
): string {
  const document: Document = parseDocument(before ?? '');
  if (ONLY_COMMENTS.test(before ?? '')) {
    const lines = [
      ...(cloud === undefined ? [] : [`cloud: { clouds_yaml: ${CLOUDS_FILE}, cloud: ${quoted(cloud)} }`]),
      `uplink: ${quoted(uplink)}`,
      ...(bridge === config.ovs.bridge ? [] : [`ovs: { bridge: ${quoted(bridge)} }`]),
    ];
    const comments = before === undefined || before === '' || before.endsWith('\n') ? before : `${before}\n`;
    return `${comments ?? ''}${lines.join('\n')}\n`;
  }
  // Such as `null`, which counts as an empty configuration.
  if (!isMap(document.contents)) document.contents = document.createNode({});
  if (cloud !== undefined) {
    if (config.cloud.clouds_yaml !== CLOUDS_FILE) document.setIn(['cloud', 'clouds_yaml'], CLOUDS_FILE);
    if (config.cloud.cloud !== cloud) document.setIn(['cloud', 'cloud'], cloud);
    // The agent works with one of the two.
    for (const key of ['broker', 'certificate', 'key', 'ca']) document.deleteIn(['cloud', key]);
  }
  const isChanged = document.getIn(['uplink']) !== uplink || bridge !== config.ovs.bridge;
  if (document.getIn(['uplink']) !== uplink) document.setIn(['uplink'], uplink);
  if (bridge !== config.ovs.bridge) document.setIn(['ovs', 'bridge'], bridge);
  return isChanged || cloud !== undefined ? String(document) : (before ?? '');
}
