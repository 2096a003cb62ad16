import { once } from 'node:events';
import { chooseHost } from '../host/choose-host.ts';
import type { Settings } from '../settings.ts';
import type { VmReport } from './vm-report.ts';
import { type WatchedVm, watchedVm } from './watched-vm.ts';

/** The number of VMs that are asked at the same time. */
const AT_ONCE = 32;

/** The VMs of one command line. */
export interface Vms extends AsyncDisposable {
  /** Asks all of them; undefined when `stop` aborts before they have answered. */
  look(stop: AbortSignal): Promise<VmReport[] | undefined>;
}

/**
 * The VMs that `--host` names, each once; without it, the one that Docker's variables and contexts choose, or
 * this one.
 * @throws OvnDockerError `E_USAGE`, `E_HOST`
 */
export async function openVms(settings: Settings): Promise<Vms> {
  const { host: urls = [], context } = settings.options;
  const vms =
    urls.length <= 1
      ? [watchedVm(settings, await chooseHost(settings.options), urls[0] && nameIn(urls[0]))]
      : await Promise.all(
          [...new Set(urls)].map(async (url) =>
            watchedVm(
              settings,
              await chooseHost({ host: [url], ...(context ? { context } : {}) }),
              nameIn(url),
            ),
          ),
        );
  return ofVms(vms);
}

/** The host as the user wrote it, without the scheme. */
function nameIn(url: string): string {
  return url.replace(/^ssh:\/\//, '').replace(/\/$/, '');
}

export function ofVms(vms: readonly WatchedVm[]): Vms {
  return {
    async look(stop) {
      const reports: VmReport[] = [];
      const waiting = [...vms.entries()];
      const worker = async () => {
        for (let next = waiting.shift(); next; next = waiting.shift())
          reports[next[0]] = await next[1].report();
      };
      const all = Promise.all(Array.from({ length: Math.min(AT_ONCE, vms.length) }, worker));
      if (!stop.aborted) await Promise.race([all, once(stop, 'abort')]);
      return stop.aborted ? undefined : reports;
    },
    async [Symbol.asyncDispose]() {
      await Promise.all(vms.map((vm) => vm[Symbol.asyncDispose]()));
    },
  };
}
