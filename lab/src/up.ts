import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { isDeepStrictEqual } from 'node:util';
import type { Passwords } from './api/api.ts';
import { apis } from './api/apis.ts';
import { configureAgent, startAgent } from './daemons/agent.ts';
import { configureBroker, inviteVm, joinBroker, startBroker } from './daemons/broker.ts';
import { startDocker } from './daemons/docker.ts';
import { startOvnCentral } from './daemons/ovn.ts';
import { remove } from './down.ts';
import { installEngine, useEngine } from './engines/install.ts';
import { LabError } from './errors.ts';
import { installPackages } from './install-packages.ts';
import { Lab, type LabKind, type LabState } from './lab.ts';
import { lockLab } from './lock.ts';
import { startKeeper } from './machine/keeper.ts';
import { installOvn } from './ovn-releases/install.ts';
import { useOvn } from './ovn-releases/use.ts';
import type { ProvisionResult } from './provision.ts';
import { layCables } from './steps/cabling.ts';
import { plugVif, startHypervisor } from './steps/hypervisor.ts';
import { waitUntilBound } from './steps/northbound.ts';
import { type Progress, runSteps } from './steps/run-steps.ts';
import { startVm } from './steps/vm.ts';
import { hypervisors, tenants, vms } from './topology.ts';

/** Time limit of provisioning, in milliseconds: a real Neutron on a busy machine needs minutes. */
const PROVISION_MS = 600_000;

/** How to raise a lab. */
export interface UpOptions extends LabKind {
  readonly progress: Progress;
}

/**
 * Raises a lab, unless it is up with the same options. An incomplete or different lab of this name is taken
 * down first.
 *
 * @throws LabError `LAB_NOT_ROOT`, `LAB_NAME`, `LAB_BUSY`, `LAB_INSTALL`, `LAB_NOT_BUILT`, `LAB_STEP`,
 * `LAB_TIMEOUT`
 */
export async function up(name: string, { progress, ...kind }: UpOptions): Promise<Lab> {
  const { apiKind, ovn, engines, docker, broker } = kind;
  if (process.getuid?.() !== 0) throw new LabError('LAB_NOT_ROOT', 'the lab needs root');
  if (apiKind === 'openstack') installPackages('OPENSTACK');
  const started = performance.now();
  const versions = [...installOvn(ovn), ...[...new Set(Object.values(engines))].flatMap(installEngine)];
  if (versions.length > 0) progress(versions.join(', '), (performance.now() - started) / 1000);
  const lab = new Lab(name);
  await using _lock = await lockLab(name);
  if (lab.isUp && isSame(lab.state, kind)) return lab;
  if (existsSync(lab.layout.run) || existsSync(lab.layout.data)) await remove(lab);
  mkdirSync(lab.layout.run, { recursive: true });
  mkdirSync(lab.layout.data, { recursive: true, mode: 0o700 });

  let provisioned: ProvisionResult | undefined;
  let passwords: Passwords | undefined;
  const provisionResult = () => {
    if (!provisioned) throw new LabError('LAB_STEP', 'the API is not provisioned');
    return provisioned;
  };
  const portOf = (vm: string) => provisionResult().vms[vm] as LabState['vms'][string];

  await runSteps(
    [
      {
        name: 'machines',
        run: async () => {
          await Promise.all(lab.machines.map((machine) => startKeeper(machine.name, machine.places)));
        },
      },
      { name: 'cables', run: async () => layCables(lab) },
      {
        name: `OVN ${ovn}`,
        run: async () => {
          await Promise.all(lab.machines.map((machine) => useOvn(machine, ovn)));
        },
      },
      [
        {
          name: 'OVN central and API host',
          run: async () => {
            const api = lab.machine('api');
            const central = lab.machine('central');
            [passwords] = await Promise.all([apis[apiKind].prepare(api), startOvnCentral(central)]);
            await apis[apiKind].serve(lab);
          },
        },
        ...hypervisors.map((hypervisor) => ({
          name: `hypervisor ${hypervisor.name}`,
          run: () => startHypervisor(lab, hypervisor),
        })),
      ],
      {
        name: 'management network and the VMs’ ports in Neutron',
        run: async () => {
          const self = process.argv[1] ?? '';
          const command = [process.execPath, self, 'provision'];
          const answer = await lab
            .machine('api')
            .must(command, { input: JSON.stringify({ apiKind, passwords }), timeoutMs: PROVISION_MS });
          provisioned = JSON.parse(answer) as ProvisionResult;
        },
      },
      vms.map((vm) => ({
        name: `${vm.name} of ${vm.tenant} on ${vm.hypervisor}`,
        run: async () => {
          await Promise.all([plugVif(lab, vm, portOf(vm.name)), startVm(lab, vm, portOf(vm.name))]);
        },
      })),
      {
        name: 'OVN has bound the VMs',
        run: () =>
          waitUntilBound(
            lab,
            vms.map((vm) => portOf(vm.name).portId),
          ),
      },
      broker
        ? tenants.map((tenant) => ({
            name: `broker of ${tenant}`,
            run: async () => {
              const api = lab.machine('api');
              await configureBroker(api, tenant, passwords?.[tenant] ?? '');
              await startBroker(api, tenant);
            },
          }))
        : [],
      docker
        ? vms.map((vm) => ({
            name: `Docker and agent in ${vm.name}`,
            run: async () => {
              const machine = lab.machine(vm.name);
              if (broker) {
                const { portId } = portOf(vm.name);
                await joinBroker(machine, await inviteVm(lab.machine('api'), vm.tenant, portId));
              } else {
                configureAgent(machine, provisionResult().credentials[vm.tenant]);
              }
              useEngine(machine, engines[vm.name]);
              await startDocker(machine, lab.layout.cache);
              await startAgent(machine);
            },
          }))
        : [],
    ],
    progress,
  );
  const state = stateOf(provisionResult(), passwords, kind);
  writeFileSync(lab.stateFile, JSON.stringify(state), { mode: 0o600 });
  return lab;
}

function isSame(one: LabKind, other: LabKind): boolean {
  const keys = ['apiKind', 'ovn', 'engines', 'docker', 'broker'] as const;
  return keys.every((key) => isDeepStrictEqual(one[key], other[key]));
}

function stateOf(
  { projects, vms: vmPorts }: ProvisionResult,
  passwords: Passwords | undefined,
  kind: LabKind,
): LabState {
  const tenant = (name: 'admin' | 'alice' | 'bob') => ({
    password: passwords?.[name] ?? '',
    projectId: projects[name],
  });
  return {
    ...kind,
    vms: vmPorts,
    tenants: { admin: tenant('admin'), alice: tenant('alice'), bob: tenant('bob') },
  };
}
