import { urls } from './topology.ts';

/** The variables of an openrc file: the lab's Keystone, and a user in the project of the same name. */
export const openrcOf = (user: string, password: string) => ({
  OS_AUTH_URL: urls.identity,
  OS_USERNAME: user,
  OS_PASSWORD: password,
  OS_PROJECT_NAME: user,
  OS_USER_DOMAIN_NAME: 'Default',
  OS_PROJECT_DOMAIN_NAME: 'Default',
});
