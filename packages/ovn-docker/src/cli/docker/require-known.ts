import { labelMistake } from '../../config/check-labels.ts';
import { OvnDockerError } from '../../errors.ts';
import { globalOptions } from '../global-options.ts';
import { type DockerRunArguments, optionValues } from './docker-run-arguments.ts';

/**
 * Refuses options of ovn-docker after `run`: docker would call them unknown.
 * @throws OvnDockerError `E_USAGE`
 */
export function requireOptionsOfDocker({ options }: DockerRunArguments): void {
  const own = Object.values(globalOptions).map(({ syntax }) => /--\S+/.exec(syntax)?.[0]);
  const misplaced = options.find((option) => own.includes(option.split('=')[0]));
  if (misplaced === undefined) return;
  throw new OvnDockerError('E_USAGE', `${misplaced} is an option of ovn-docker, not of docker run`, {
    hint: `write it before \`run\`: ovn-docker ${misplaced} … run …`,
  });
}

/**
 * Refuses labels that only ovn-docker reads and that it does not have: they would have no effect.
 * @throws OvnDockerError `E_OPTION_UNKNOWN`
 */
export function requireKnownLabels({ options }: DockerRunArguments): void {
  for (const label of optionValues(options, '--label', '-l')) {
    const [key = '', ...value] = label.split('=');
    const mistake = labelMistake(key, value.join('='));
    if (mistake !== undefined) throw new OvnDockerError('E_OPTION_UNKNOWN', mistake);
  }
}
