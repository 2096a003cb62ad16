import { attach } from '../../attach/attach.ts';
import { finish } from '../../attach/finish.ts';
import { release } from '../../attach/release.ts';
import { renew } from '../../attach/renew.ts';
import type { AgentState } from '../../nics/agent-state.ts';
import { isPlain, type Nic } from '../../nics/nic.ts';
import { recoverNics } from '../../nics/recover.ts';
import { deleteNetwork } from '../../plugins/libnetwork/create-network.ts';
import type { Finding, FoundClaim } from './finding.ts';

/** Does what a finding says is to be done: runs the same transitions as attach and detach do. */
export async function putRight(finding: Finding, state: AgentState): Promise<void> {
  const vm = await state.vm();
  switch (finding.kind) {
    case 'found NIC':
      return onNic(finding.nic, state, () => settleFound(finding.nic, finding.claim, state));
    case 'unused claim':
    case 'dead endpoint':
    case 'dead container':
      return onNic(finding.nic, state, () => finish(finding.nic, state));
    case 'lost port':
      if (finding.nic.state !== 'warm') return;
      return onNic(finding.nic, state, async () => {
        state.pools.get(finding.nic.target)?.drop(finding.nic);
        await release(finding.nic, state);
      });
    case 'lost subport':
      return onNic(finding.nic, state, () => attach([finding.nic], vm, 'add subport', 'enter container'));
    case 'unplugged':
      return onNic(finding.nic, state, () => attach([finding.nic], vm, 'plug port', 'enter container'));
    case 'broken pair':
      if (finding.nic.state === 'claimed' && finding.nic.claim?.label === undefined) return;
      return onNic(finding.nic, state, () => renew(finding.nic, vm));
    case 'stray port':
      return removePort(finding, state);
    case 'stray row':
      return vm.vmSwitch.unplug([finding.name]);
    case 'stray interface':
      if (vm.netlink.link(finding.name)) vm.netlink.deleteLink(finding.name);
      return;
    case 'stray Docker network':
      await deleteNetwork(state, { NetworkID: finding.dockerId });
  }
}

/** Whatever was found out before the NIC's turn came may be past: who was quicker decides. */
async function onNic(nic: Nic, state: AgentState, work: () => Promise<void>): Promise<void> {
  await state.perNic.run(nic.id, async () => {
    if (state.nics.get(nic.id) === nic) await work();
  });
}

async function settleFound(nic: Nic, claim: FoundClaim | undefined, state: AgentState): Promise<void> {
  if (nic.state !== 'found') return;
  if (claim) {
    const addresses = nic.port?.fixed_ips.map(({ ip_address }) => ip_address) ?? [];
    nic.claim = { ...claim, since: Date.now(), promised: new Set('endpointId' in claim ? addresses : []) };
    nic.state = 'claimed';
    return await attach([nic], await state.vm(), 'plug port', 'enter container');
  }
  const pool = isPlain(nic) ? state.pools.get(nic.target) : undefined;
  if (!pool?.hasRoom) return await release(nic, state);
  nic.state = 'making';
  pool.making++;
  try {
    await renew(nic, await state.vm());
    pool.put(nic);
  } catch (error) {
    await release(nic, state);
    throw error;
  } finally {
    pool.making--;
  }
}

async function removePort({ port }: Finding & { kind: 'stray port' }, state: AgentState): Promise<void> {
  const vm = await state.vm();
  const subports = new Map((await vm.trunk.subports()).map((is) => [is.port_id, is.segmentation_id]));
  const [nic] = await recoverNics(state.neutron, { ports: [port], subports, rows: vm.vmSwitch.ports() });
  if (!nic) return;
  if (nic.vlan !== undefined) vm.vlans.markUsed(nic.vlan);
  await release(nic, state);
}
