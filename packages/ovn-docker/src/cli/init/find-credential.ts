import { type CloudConfig, CloudConfigError, loadCloudConfig } from '@ovn-docker/openstack';
import { findCloudConfig } from '../../clients/neutron/cloud.ts';
import { OvnDockerError } from '../../errors.ts';
import type { Settings } from '../settings.ts';
import type { NewCredential } from './agent-files.ts';
import type { Prompt } from './prompt.ts';

const NAME = 'ovn-docker';

/** The options that name a credential. */
interface Request {
  readonly clouds?: string | undefined;
  readonly cloud?: string | undefined;
}

/** The credential of the agent, and whether init has to write it. */
export interface FoundCredential {
  readonly config: CloudConfig;
  readonly isNew: NewCredential | undefined;
}

/**
 * Finds the agent's credential: `--clouds FILE`, else the one or the broker that the configuration names,
 * else that of the OS_* variables or of the user's clouds.yaml, else the user's answers.
 * @throws OvnDockerError `E_NO_CREDENTIAL`
 */
export async function findCredential(
  settings: Settings,
  request: Request,
  prompt: Prompt,
): Promise<FoundCredential> {
  const { clouds, cloud } = request;
  if (clouds !== undefined) return newCredential(await fromFile(clouds, cloud), cloud ?? NAME, clouds);
  const { config: agentConfig, sources } = settings;
  const { cloud: named, clouds_yaml, broker } = agentConfig.cloud;
  if (named !== undefined || clouds_yaml !== undefined || broker !== undefined) {
    const { fallback, onWarning } = sources;
    const config = await findCloudConfig({
      ...(fallback ? { fallback } : {}),
      ...(onWarning ? { onWarning } : {}),
    });
    return { config, isNew: undefined };
  }
  try {
    const wanted = cloud === undefined ? sources : { ...sources, cloud };
    const config = await findCloudConfig(wanted);
    return newCredential(config, NAME, config.origin ?? 'the OS_* variables');
  } catch (error) {
    if (!(error instanceof OvnDockerError) || !prompt.isInteractive) throw withHint(error);
    process.stdout.write(`${error.message}. Please type the credential of the agent.\n`);
    return newCredential(await fromAnswers(prompt), NAME, 'your answers');
  }
}

function newCredential(config: CloudConfig, name: string, origin: string): FoundCredential {
  return { config, isNew: { config, name, origin } };
}

async function fromFile(file: string, cloud: string | undefined): Promise<CloudConfig> {
  try {
    return await loadCloudConfig({ files: [file], ...(cloud === undefined ? {} : { cloud }) });
  } catch (error) {
    const hint = error instanceof CloudConfigError ? { hint: error.hint } : {};
    throw new OvnDockerError('E_NO_CREDENTIAL', (error as Error).message, { cause: error, ...hint });
  }
}

function withHint(error: unknown): unknown {
  if (!(error instanceof OvnDockerError)) return error;
  const hint =
    'name a file with `--clouds FILE`, such as the output of `ovn-docker credential create`, set the OS_* variables, or join a broker first: `ovn-docker join`';
  return new OvnDockerError(error.code, error.message, { cause: error, hint });
}

async function fromAnswers(prompt: Prompt): Promise<CloudConfig> {
  const authUrl = await prompt.ask('Keystone’s URL, such as https://cloud.example:5000/v3: ');
  if (!URL.canParse(authUrl)) throw new OvnDockerError('E_NO_CREDENTIAL', `"${authUrl}" is not a URL`);
  const region = await prompt.ask('Region (empty for any): ');
  const id = await prompt.ask('Id of the application credential: ');
  const secret = await prompt.askSecret('Its secret (not shown): ');
  if (id === '' || secret === '') throw new OvnDockerError('E_NO_CREDENTIAL', 'id or secret is empty');
  return { authUrl, ...(region ? { region } : {}), auth: { type: 'application_credential', id, secret } };
}
