import { login, openCloud } from '../../clients/neutron/cloud.ts';
import { explained } from '../../clients/neutron/refusals.ts';
import { OvnDockerError } from '../../errors.ts';
import type { Machine } from '../machine/machine.ts';
import { isRefusal, recognise } from '../network-managers/managers.ts';
import type { Names, Refusal } from '../network-managers/network-manager.ts';
import type { Settings } from '../settings.ts';
import { planAgentFiles } from './agent-files.ts';
import { type FoundCredential, findCredential } from './find-credential.ts';
import { findUplink, interfacesOn } from './find-uplink.ts';
import { firewallRulesFor } from './firewall-rules.ts';
import type { Prompt } from './prompt.ts';
import { Records } from './records.ts';
import type { Plan } from './step.ts';

/** The options of `ovn-docker init`. */
export interface InitOptions {
  readonly uplink?: string | undefined;
  readonly bridge?: string | undefined;
  readonly clouds?: string | undefined;
  readonly cloud?: string | undefined;
  readonly datapath?: string | undefined;
  /** Whether the user makes the change of the network persistent. */
  readonly byHand?: boolean | undefined;
}

/** A plan, or the reason why there is none, which has lines for the user. */
export type Planned = { readonly plan: Plan } | { readonly refusal: Refusal };

/**
 * Finds out everything that init needs, and changes nothing.
 * @throws OvnDockerError `E_NO_CREDENTIAL` `E_UPLINK` `E_SWITCH` `E_API_UNREACHABLE` …
 */
export async function makePlan(
  machine: Machine,
  settings: Settings,
  options: InitOptions,
  prompt: Prompt,
): Promise<Planned> {
  const credential = await findCredential(settings, options, prompt);
  const apis = await reachedApis(credential);
  const applied = new Records(machine.files).applied();
  const { remote } = settings.config.ovs;
  const bridge = options.bridge ?? settings.config.ovs.bridge;
  const given = options.uplink ?? (applied?.names.bridge === bridge ? applied.names.uplink : undefined);
  const uplink = await findUplink(machine, { given, bridge, remote, apis }, prompt);
  const names: Names = { uplink: uplink.name, bridge };
  if (applied) requireSame(names, applied.names);
  await requireFree(machine, names, remote);
  const recognised = options.byHand ? byHand : recognise(machine, names);
  if (isRefusal(recognised.plan)) return { refusal: recognised.plan };
  const carried = options.byHand ? [] : interfacesOn(machine, names.uplink);
  if (carried.length > 0) return { refusal: carries(names, recognised.plan.found, carried) };
  return {
    plan: {
      names,
      mac: uplink.mac.toLowerCase(),
      mtu: uplink.mtu,
      datapathType: options.datapath ?? 'system',
      remote,
      manager: recognised.name,
      change: recognised.plan,
      agentFiles: planAgentFiles(machine, names, settings.config, credential.isNew),
      apis,
      firewallRules: await firewallRulesFor(machine, names.uplink),
    },
  };
}

/**
 * The record of what init has changed is about one bridge with one uplink.
 * @throws OvnDockerError `E_UPLINK`
 */
export function requireSame({ uplink, bridge }: Names, applied: Names): void {
  if (uplink === applied.uplink && bridge === applied.bridge) return;
  const message = `init has set up the bridge ${applied.bridge} with the uplink ${applied.uplink}, not ${bridge} with ${uplink}`;
  throw new OvnDockerError('E_UPLINK', message, {
    hint: 'to choose others, restore the VM first: `ovn-docker init --undo`',
  });
}

/** Not in the files of the network manager, or it would have refused by itself. */
function carries({ uplink, bridge }: Names, found: string, carried: readonly string[]): Refusal {
  const list = carried.join(', ');
  return {
    found,
    reason: `${uplink} carries other interfaces: ${list}`,
    byHand: [
      `# make ${list} on ${bridge} instead of ${uplink}, also at boot; then:`,
      'ovn-docker init --by-hand',
    ],
  };
}

const byHand = { name: 'none', plan: { found: 'you (--by-hand)', files: [], notes: [] } } as const;

/** Logs in before anything changes. @returns the URLs of Keystone and Neutron */
async function reachedApis({ config }: FoundCredential): Promise<string[]> {
  using cloud = openCloud({ ...config, retry: { attempts: 2 }, connectTimeoutMs: 5000, timeoutMs: 30_000 });
  await login(cloud);
  const neutron = await explained(cloud.session.endpoint('network'));
  return [...new Set([config.authUrl, neutron].map((url) => withoutUser(url)))];
}

function withoutUser(text: string): string {
  const url = new URL(text);
  url.username = '';
  url.password = '';
  return url.href.replace(/\/$/, '');
}

/** @throws OvnDockerError `E_UPLINK` when the bridge or its name belongs to something else */
async function requireFree(machine: Machine, { uplink, bridge }: Names, remote: string): Promise<void> {
  const hint = 'choose another name: --bridge NAME';
  await machine.withBridges(remote, async (bridges) => {
    const owner = bridges.bridgeOf(uplink);
    if (owner !== undefined && owner !== bridge) {
      throw new OvnDockerError('E_UPLINK', `${uplink} is a port of the bridge ${owner} of Open vSwitch`, {
        hint: `use that bridge: --bridge ${owner}`,
      });
    }
    const found = bridges.find(bridge);
    if (!found && machine.netlink.link(bridge))
      throw new OvnDockerError(
        'E_UPLINK',
        `an interface called ${bridge} exists and is no bridge of Open vSwitch`,
        { hint },
      );
    if (found && owner === undefined && found.ports.length > 0) {
      const message = `the bridge ${bridge} exists with other ports: ${found.ports.join(', ')}`;
      throw new OvnDockerError('E_UPLINK', message, { hint });
    }
  });
}
