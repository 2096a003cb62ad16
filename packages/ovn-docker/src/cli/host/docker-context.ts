import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { OvnDockerError } from '../../errors.ts';

const configFile = z.object({ currentContext: z.string().optional() });
const metaFile = z.object({ Endpoints: z.object({ docker: z.object({ Host: z.string().optional() }) }) });

/** The name of the context that `docker context use` chose; undefined if there is none. */
export async function currentContext(env: NodeJS.ProcessEnv): Promise<string | undefined> {
  const text = await readFile(join(dockerDirectory(env), 'config.json'), 'utf8').catch(() => '{}');
  return configFile.safeParse(parse(text)).data?.currentContext || undefined;
}

/**
 * The host of a context, such as `ssh://debian@10.1.0.90`, from the files of `docker context create`.
 * @throws OvnDockerError `E_HOST`
 */
export async function hostOfContext(name: string, env: NodeJS.ProcessEnv): Promise<string | undefined> {
  // Docker names the directory by the hash of the context's name.
  const id = createHash('sha256').update(name).digest('hex');
  const file = join(dockerDirectory(env), 'contexts', 'meta', id, 'meta.json');
  const text = await readFile(file, 'utf8').catch((error: Error) => {
    throw new OvnDockerError('E_HOST', `Docker context "${name}" does not exist`, {
      cause: error,
      hint: '`docker context ls` shows the contexts',
    });
  });
  const { success, data } = metaFile.safeParse(parse(text));
  if (success) return data.Endpoints.docker.Host;
  throw new OvnDockerError('E_HOST', `Docker context "${name}" has no endpoint for Docker`, {
    hint: `\`docker context inspect ${name}\` shows it`,
  });
}

function dockerDirectory(env: NodeJS.ProcessEnv): string {
  return env['DOCKER_CONFIG'] || join(homedir(), '.docker');
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
