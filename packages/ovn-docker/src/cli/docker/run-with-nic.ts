import type { AgentClient } from '../../api/client.ts';
import type { AttachRequest } from '../../api/types.ts';
import { disablesIpv6 } from '../../clients/docker-engine.ts';
import { splitGroups } from '../../clients/neutron/security-groups.ts';
import { containerLabels } from '../../config/known-keys.ts';
import { OvnDockerError } from '../../errors.ts';
import { createContainer, startContainer, startOnTerminal } from './container.ts';
import { docker } from './docker-command.ts';
import { type DockerRunArguments, optionValues } from './docker-run-arguments.ts';

/**
 * Creates the container, for which Docker may pull the image. Then the agent prepares a NIC and plugs it into
 * the bridge. Then Docker starts the container, and the agent moves the NIC in. After a failure, removes the
 * container and the NIC. Returns the exit code.
 */
export async function runWithNic(
  agent: AgentClient,
  parsed: DockerRunArguments,
  request: Omit<AttachRequest, 'id' | 'containerId' | 'name'>,
): Promise<number> {
  if (request.publishes) {
    process.stderr.write('warning: -p has no effect: the container has its own address on the network\n');
  }
  const id = crypto.randomUUID();
  const labelled = labelledGroups(parsed);
  const groups = labelled.length > 0 ? { extraSecurityGroups: labelled } : {};
  const containerId = await createContainer(parsed, 'none', { [containerLabels.nic]: id });
  try {
    await agent.prepareNic({ id, containerId, ...request, ...groups, name: `docker-${id.slice(0, 8)}` });
    // Without --detach, the docker command waits; the agent sees the container start and moves the NIC in.
    if (!parsed.detach) return await startOnTerminal(parsed, containerId);
    await startContainer(parsed, containerId);
    await agent.enterNic(id, { containerId, ...(await inspect(containerId)) });
    process.stdout.write(`${containerId}\n`);
    return 0;
  } catch (error) {
    await docker(['rm', '--force', containerId]);
    // The agent also deletes the NIC when it sees that the container is gone; this request is only sooner.
    await agent.releaseNic(id).catch(() => undefined);
    throw error;
  }
}

/** The security groups in the label that the user set. The agent adds them before the container starts. */
function labelledGroups({ options }: DockerRunArguments): string[] {
  const prefix = `${containerLabels.securityGroups}=`;
  const labels = optionValues(options, '--label', '-l').filter((label) => label.startsWith(prefix));
  return splitGroups(labels.at(-1)?.slice(prefix.length) ?? '');
}

async function inspect(containerId: string): Promise<{ pid: number; withoutIpv6: boolean }> {
  const format = '{{.State.Pid}} {{json .HostConfig.Sysctls}}';
  const inspected = await docker(['inspect', '--format', format, containerId]);
  const [, digits, sysctls = 'null'] = /^(\d+) (.*)/.exec(inspected.stdout) ?? [];
  const pid = Number(digits);
  if (inspected.code === 0 && pid > 0) {
    return { pid, withoutIpv6: disablesIpv6((JSON.parse(sysctls) as Record<string, string> | null) ?? {}) };
  }
  const { stdout, stderr } = await docker(['logs', '--tail', '5', containerId]);
  const output = `${stdout}${stderr}`.trim();
  const last = output === '' ? 'it wrote nothing' : `its last output: ${output}`;
  throw new OvnDockerError(
    'E_CONTAINER_GONE',
    `the container ended before it had its network interface; ${last}`,
  );
}
