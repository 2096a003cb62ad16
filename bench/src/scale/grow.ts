import type { ScaleVm } from './lab.ts';

const IMAGE = 'busybox:local';
const STEP = 200;

/** Fills the pools of a VM evenly to `nics` NICs, in steps so that no request takes minutes. */
export async function growTo({ machine, networks }: ScaleVm, nics: number): Promise<void> {
  const share = Math.ceil(nics / networks.length);
  for (let count = STEP; count < share + STEP; count += STEP) {
    for (const { name } of networks) {
      const upTo = String(Math.min(count, share));
      await machine.must(['ovn-docker', 'pool', 'fill', name, '--count', upTo], { timeoutMs: 600_000 });
    }
  }
}

/**
 * Starts containers that keep running, on the VM's networks in turns. Returns the number of running
 * containers.
 */
export async function startContainers({ machine, networks }: ScaleVm, count: number): Promise<number> {
  const lists = networks.map(({ name }) => name).join(' ');
  const script = `set -- ${lists}; for i in $(seq ${count}); do
    docker run -d --net=$1 ${IMAGE} sleep 86400 >/dev/null || exit 1; set -- "$2" "$1"; done; docker ps -q | wc -l`;
  return Number(await machine.must(['sh', '-c', script], { timeoutMs: 900_000 }));
}
