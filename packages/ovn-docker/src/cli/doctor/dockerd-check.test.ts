import { writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { expect, it } from 'vitest';
import { fakeDocker } from '../../../test/support/fake-docker.ts';
import type { DoctorContext } from './context.ts';
import { dockerdCheck } from './dockerd-check.ts';

const contextOf = (socket: string) =>
  ({
    settings: { config: { docker: { socket, plugins_dir: dirname(socket), driver: 'ovn' } } },
    findings: {},
  }) as unknown as DoctorContext;

it('names the release, and says whether the socket of the driver exists', async () => {
  await using docker = await fakeDocker({ '/version': { Version: '26.1.5', ApiVersion: '1.45' } });
  const context = contextOf(docker.socket);
  const { facts } = await dockerdCheck.run(context);
  expect(facts).toEqual([
    'Docker 26.1.5, API 1.45; socket of driver ovn does not exist yet: the agent creates it',
  ]);
  expect(context.findings).toEqual({ dockerRelease: '26.1.5' });
  writeFileSync(`${dirname(docker.socket)}/ovn.sock`, '');
  expect((await dockerdCheck.run(context)).facts).toEqual([expect.stringMatching(/ovn exists$/)]);
});

it('no dockerd is the fault', async () => {
  await expect(dockerdCheck.run(contextOf('/nowhere/docker.sock'))).rejects.toMatchObject({
    code: 'E_DOCKER_NOT_RUNNING',
  });
});
