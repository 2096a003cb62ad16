import type { Neutron } from '@ovn-docker/openstack';
import { type Cloud, login } from '../clients/neutron/cloud.ts';
import { OvnDockerError } from '../errors.ts';
import type { Engine } from '../nics/engine.ts';
import { requireOwnPort } from '../vm/own-port.ts';
import type { ResolveRequest } from './types.ts';

/**
 * Runs `work` with a Neutron client that uses the request's token, or the agent's own credential if the
 * request has no token. If the request names a vif-id, first checks that it is the agent's parent port.
 * @throws OvnDockerError `E_VIF_UNKNOWN` when the credential does not see that port, `E_VIF_NOT_THIS_VM` when
 * it is another port than the agent's parent
 */
export async function asCaller<T>(
  engine: Engine,
  cloud: Cloud,
  { cred, vifId }: Pick<ResolveRequest, 'cred' | 'vifId'>,
  work: (neutron: Neutron) => Promise<T>,
): Promise<T> {
  const neutron = cred === undefined ? engine.neutron : await loginWithToken(cloud, cred);
  if (vifId !== undefined) await requireThisVm(engine, neutron, vifId);
  return work(neutron);
}

async function loginWithToken(cloud: Cloud, token: string): Promise<Neutron> {
  const callersCloud = cloud.withToken(token);
  await login(callersCloud);
  return callersCloud.neutron;
}

async function requireThisVm(engine: Engine, neutron: Neutron, vifId: string): Promise<void> {
  const vm = await engine.vm();
  const port = await requireOwnPort(neutron, vifId, vm.macs);
  if (port.id !== vm.vifId) {
    throw new OvnDockerError(
      'E_VIF_NOT_THIS_VM',
      `vif-id ${vifId} is not the parent port that the agent uses`,
    );
  }
}
