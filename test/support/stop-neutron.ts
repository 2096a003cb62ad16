import { type Lab, startApi, startNeutron } from '@ovn-docker/lab';

/** Ends the lab's Neutron. Gives what starts it again. */
export async function stopNeutron(lab: Lab): Promise<() => Promise<void>> {
  const api = lab.machine('api');
  if (lab.state.cloud === 'embedded') {
    await api.stop('embedded-neutron', 'KILL');
    return () => startApi(api);
  }
  // Killed, its first process may leave the API worker behind, which goes on answering.
  await api.stop('neutron-server', 'TERM');
  return () => startNeutron(api);
}
