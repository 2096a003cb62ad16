import { type Lab, startApi, startNeutron } from '@ovn-docker/lab';

/** Stops the lab's Neutron. Returns the function that starts it again. */
export async function stopNeutron(lab: Lab): Promise<() => Promise<void>> {
  const api = lab.machine('api');
  if (lab.state.apiKind === 'embedded') {
    await api.stop('embedded-neutron', 'KILL');
    return () => startApi(api);
  }
  // SIGKILL to the first process may leave the API worker running, which still answers.
  await api.stop('neutron-server', 'TERM');
  return () => startNeutron(api);
}
