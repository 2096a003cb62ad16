import { nearestKey } from '@ovn-docker/config-file/nearest-key';
import { cloudVariables } from './known-keys.ts';

/** Variables that belong to OpenStack's test runners and loggers, or to any service and API version. */
const unrelated = /^OS_(TEST|STD|LOG)|_(API_VERSION|ENDPOINT_OVERRIDE)$/;

/**
 * Warns of variables that are almost one that ovn-docker reads, and of OVN_DOCKER_* variables, which do not
 * exist. Other programs have OS_* variables too, so the rest is none of its business.
 */
export function environmentWarnings(env: NodeJS.ProcessEnv): string[] {
  return Object.keys(env).flatMap((name) => {
    if (name.startsWith('OVN_DOCKER_') && !name.startsWith('OVN_DOCKER_CRASH')) {
      return [`ovn-docker reads no variable ${name}: use the configuration file`];
    }
    if (!name.startsWith('OS_') || cloudVariables.includes(name) || unrelated.test(name)) return [];
    const meant = meantBy(name);
    return meant.length === 0 || meant.some((known) => env[known])
      ? []
      : [`the variable ${name} has no effect: did you mean ${meant[0]}?`];
  });
}

/** The known variables that the user can have meant, most likely first: by OS_USER, the user's name. */
function meantBy(name: string): string[] {
  const names = [`${name}NAME`, `${name}_NAME`].filter((known) => cloudVariables.includes(known));
  return [...names, ...[nearestKey(name, cloudVariables)].filter((known) => known !== undefined)];
}
