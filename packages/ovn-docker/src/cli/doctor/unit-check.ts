import { OvnDockerError } from '../../errors.ts';
import type { Check, Warning } from '../checklist/check.ts';
import type { DoctorContext } from './context.ts';
import { weakenings } from './sandbox.ts';
import { readUnit, type SystemdUnit } from './systemd-unit.ts';

const UNIT = 'ovn-docker.service';
const LOG = `\`journalctl -u ovn-docker -n 50\` has the reason`;

/** Whether systemd starts the agent at boot, keeps it running, and confines it as the unit's file says. */
export const unitCheck = unitCheckOf(readUnit);

/** @param read for tests: reads the unit of that name */
export function unitCheckOf(read: (name: string) => Promise<SystemdUnit | undefined>): Check<DoctorContext> {
  return {
    name: 'unit',

    async run() {
      const unit = await read(UNIT).catch((error: Error) => error);
      if (unit instanceof Error)
        return { facts: [`systemctl does not answer: ${firstLine(unit)}`], isSkipped: true };
      if (unit === undefined) return { facts: ['not run by systemd'], isSkipped: true };
      const { LoadState, ActiveState, SubState, UnitFileState, NRestarts } = unit.properties;
      if (LoadState === 'not-found') return { facts: [`systemd has no ${UNIT}`], warnings: [NOT_INSTALLED] };
      requireWorking(unit);
      return {
        facts: [
          `${UNIT}: ${ActiveState} (${SubState}), ${UnitFileState || 'not enabled'}, ${NRestarts ?? 0} restarts`,
        ],
        warnings: [...bootWarnings(unit), ...restartWarnings(unit), ...sandboxWarnings(unit)],
      };
    },
  };
}

function firstLine({ message }: Error): string {
  return message.split('\n')[0] ?? '';
}

const NOT_INSTALLED: Warning = {
  message: 'systemd does not start the agent at boot, and after a reboot no container gets a network',
  hint: 'install the package of ovn-docker, which has the unit, or that of the .tgz by the commands of docs/packages.md',
};

/** @throws OvnDockerError `E_AGENT_NOT_RUNNING` */
function requireWorking({ properties }: SystemdUnit): void {
  const { ActiveState, SubState, LoadState, Result, NRestarts = '0' } = properties;
  if (LoadState === 'masked') {
    const hint = '`systemctl unmask ovn-docker && systemctl enable --now ovn-docker`';
    throw new OvnDockerError('E_AGENT_NOT_RUNNING', `${UNIT} is masked: systemd does not start it`, { hint });
  }
  const isRestarting = ActiveState === 'activating' && SubState === 'auto-restart';
  if (ActiveState !== 'failed' && !isRestarting) return;
  const state = isRestarting ? `ends again and again (${NRestarts} restarts)` : 'has failed';
  const hint = `${LOG}; then \`systemctl restart ovn-docker\``;
  throw new OvnDockerError('E_AGENT_NOT_RUNNING', `${UNIT} ${state}; the last result is ${Result}`, { hint });
}

function* bootWarnings({ properties }: SystemdUnit): Generator<Warning, void> {
  const { UnitFileState, ActiveState, ConditionResult, ConditionTimestampMonotonic } = properties;
  if (UnitFileState !== 'enabled') {
    const message = `${UNIT} is ${UnitFileState || 'not enabled'}: systemd does not start the agent at boot`;
    yield { message, hint: '`systemctl enable ovn-docker`' };
  }
  if (ActiveState === 'inactive') {
    // `no` also before the first start.
    const isUnconfigured = ConditionResult === 'no' && Number(ConditionTimestampMonotonic) > 0;
    const hint = 'write the configuration: `ovn-docker init`';
    if (isUnconfigured) return yield { message: `${UNIT} does not start without its configuration`, hint };
    yield { message: `${UNIT} does not run`, hint: '`systemctl start ovn-docker`' };
  }
}

function* restartWarnings({ properties: { NRestarts, NeedDaemonReload } }: SystemdUnit): Iterable<Warning> {
  if (Number(NRestarts ?? 0) > 0) {
    yield { message: `systemd has restarted the agent ${NRestarts} times since it was started`, hint: LOG };
  }
  if (NeedDaemonReload === 'yes') {
    const message = `${UNIT} or its drop-ins changed after systemd had read them`;
    yield { message, hint: '`systemctl daemon-reload && systemctl restart ovn-docker`' };
  }
}

function* sandboxWarnings(unit: SystemdUnit): Iterable<Warning> {
  const { FragmentPath, DropInPaths } = unit.properties;
  if (unit.settings['NoNewPrivileges'] === undefined) {
    const message = `${FragmentPath} has no sandbox: it is not the unit of this release`;
    const hint =
      'install the unit of the package: delete a copy in /etc/systemd/system, then `systemctl daemon-reload && systemctl restart ovn-docker`';
    yield { message, hint };
  }
  const weak = weakenings(unit);
  if (weak.length === 0) return;
  const message = `the sandbox is weaker than in ${FragmentPath}: ${weak.join('; ')}`;
  const hint = `correct ${DropInPaths || 'its drop-ins'}, then \`systemctl daemon-reload && systemctl restart ovn-docker\``;
  yield { message, hint };
}
