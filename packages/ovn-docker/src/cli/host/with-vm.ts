import type { ConnectedVm } from '../../clients/vm-sockets/connect-vm.ts';
import { useDocker } from '../docker/docker-command.ts';
import type { Settings } from '../settings.ts';
import type { ChosenHost } from './choose-host.ts';

/**
 * Runs `work` with settings that lead to the agent of the chosen VM, and has the docker command use the
 * Docker there. For another VM, this opens one ssh connection that all requests share.
 * @throws OvnDockerError `E_SSH`, also when the connection ends meanwhile; `E_NO_PROGRAM`, `E_VERSION`
 */
export async function withVm<T>(
  settings: Settings,
  host: ChosenHost,
  work: (settings: Settings) => Promise<T>,
): Promise<T> {
  if (host.kind === 'this VM') {
    if (host.docker !== undefined) useDocker(host.docker);
    return await work(settings);
  }
  const { connectVm } = await import('../../clients/vm-sockets/connect-vm.ts');
  using vm = await connectVm(host.ssh);
  using _signals = closeOnSignals(vm);
  useDocker(`unix://${vm.paths.docker}`);
  const { config } = settings;
  const docker = { ...config.docker, ...vm.greeting.docker };
  const chosen = { ...settings, vm, config: { ...config, docker, socket: vm.paths.agent } };
  const result = await work(chosen).catch(async (error: unknown) => {
    // The program that used the connection only knows that its socket was closed.
    throw vm.isOpen ? error : await vm.failure;
  });
  if (!vm.isOpen) throw await vm.failure;
  return result;
}

/** Without this, a signal would leave ssh and the directory of the sockets behind. */
function closeOnSignals(vm: ConnectedVm): Disposable {
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
  const handlers = signals.map((signal) => {
    const handle = () => {
      // Others, such as an attached container, have their own plans with the signal.
      if (process.listenerCount(signal) > 1) return;
      vm[Symbol.dispose]();
      process.off(signal, handle);
      process.kill(process.pid, signal);
    };
    process.on(signal, handle);
    return () => process.off(signal, handle);
  });
  return { [Symbol.dispose]: () => handlers.forEach((remove) => void remove()) };
}
