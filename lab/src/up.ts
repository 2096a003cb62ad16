import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import type { Passwords } from './clouds/cloud.ts';
import type { CloudName } from './clouds/cloud-name.ts';
import { clouds } from './clouds/clouds.ts';
import { installOpenstack } from './clouds/openstack/install.ts';
import { configureAgent, startAgent } from './daemons/agent.ts';
import { startDocker } from './daemons/docker.ts';
import { startOvnCentral } from './daemons/ovn.ts';
import { remove } from './down.ts';
import { LabError } from './errors.ts';
import { Lab, type LabState } from './lab.ts';
import { lockLab } from './lock.ts';
import { startKeeper } from './machine/keeper.ts';
import type { ProvisionResult } from './provision.ts';
import { layCables } from './steps/cabling.ts';
import { plugVif, startHypervisor } from './steps/hypervisor.ts';
import { waitUntilBound } from './steps/northbound.ts';
import { type Progress, runSteps } from './steps/run-steps.ts';
import { startVm } from './steps/vm.ts';
import { hypervisors, vms } from './topology.ts';

export interface UpOptions {
  readonly cloud: CloudName;
  /** Without it the VMs have a switch, but no Docker and no agent. */
  readonly docker: boolean;
  readonly progress: Progress;
}

/** Raises a lab. One that is up stays as it is; one that is half there is removed first. */
export async function up(name: string, { cloud, docker, progress }: UpOptions): Promise<Lab> {
  if (process.getuid?.() !== 0) throw new LabError('LAB_NOT_ROOT', 'the lab needs root');
  if (cloud === 'openstack') installOpenstack();
  const lab = new Lab(name);
  await using _lock = await lockLab(name);
  if (lab.isUp && lab.state.docker === docker && lab.state.cloud === cloud) return lab;
  if (existsSync(lab.layout.run) || existsSync(lab.layout.data)) await remove(lab);
  mkdirSync(lab.layout.run, { recursive: true });
  mkdirSync(lab.layout.data, { recursive: true, mode: 0o700 });

  let provisioned: ProvisionResult | undefined;
  let passwords: Passwords | undefined;
  const settled = () => {
    if (!provisioned) throw new LabError('LAB_STEP', 'the cloud is not provisioned');
    return provisioned;
  };
  const own = (vm: string) => settled().vms[vm] as LabState['vms'][string];

  await runSteps(
    [
      {
        name: 'machines',
        run: async () => {
          await Promise.all(lab.machines.map((machine) => startKeeper(machine.name, machine.places)));
        },
      },
      { name: 'cables', run: async () => layCables(lab) },
      [
        {
          name: 'OVN central and API host',
          run: async () => {
            const api = lab.machine('api');
            const central = lab.machine('central');
            [passwords] = await Promise.all([clouds[cloud].prepare(api), startOvnCentral(central)]);
            await clouds[cloud].serve(lab);
          },
        },
        ...hypervisors.map((hypervisor) => ({
          name: `hypervisor ${hypervisor.name}`,
          run: () => startHypervisor(lab, hypervisor),
        })),
      ],
      {
        name: 'management network and the VMs’ ports, by the API',
        run: async () => {
          const self = process.argv[1] ?? '';
          const command = [process.execPath, self, 'provision'];
          const answer = await lab
            .machine('api')
            .must(command, { input: JSON.stringify({ cloud, passwords }) });
          provisioned = JSON.parse(answer) as ProvisionResult;
        },
      },
      vms.map((vm) => ({
        name: `${vm.name} of ${vm.tenant} on ${vm.hypervisor}`,
        run: async () => {
          await Promise.all([plugVif(lab, vm, own(vm.name)), startVm(lab, vm, own(vm.name))]);
        },
      })),
      {
        name: 'OVN has bound the VMs',
        run: () =>
          waitUntilBound(
            lab,
            vms.map((vm) => own(vm.name).portId),
          ),
      },
      docker
        ? vms.map((vm) => ({
            name: `Docker and agent in ${vm.name}`,
            run: async () => {
              const machine = lab.machine(vm.name);
              configureAgent(machine, settled().credentials[vm.tenant]);
              await startDocker(machine, lab.layout.cache);
              await startAgent(machine);
            },
          }))
        : [],
    ],
    progress,
  );
  writeFileSync(lab.stateFile, JSON.stringify(stateOf(settled(), passwords, { cloud, docker })), {
    mode: 0o600,
  });
  return lab;
}

function stateOf(
  { projects, vms: own }: ProvisionResult,
  passwords: Passwords | undefined,
  options: Pick<UpOptions, 'cloud' | 'docker'>,
): LabState {
  const tenant = (name: 'admin' | 'alice' | 'bob') => ({
    password: passwords?.[name] ?? '',
    projectId: projects[name],
  });
  return {
    ...options,
    vms: own,
    tenants: { admin: tenant('admin'), alice: tenant('alice'), bob: tenant('bob') },
  };
}
