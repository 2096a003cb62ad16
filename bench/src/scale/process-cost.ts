import { setTimeout as delay } from 'node:timers/promises';
import type { Machine } from '@ovn-docker/lab';

/** USER_HZ, the unit of CPU time in proc_pid_stat(5): 100 on the architectures of the lab. */
const TICKS_PER_SECOND = 100;

/** Returns the resident memory of a program of the machine, in MB (10⁶ bytes). */
export async function residentMegabytes(machine: Machine, name: string): Promise<number> {
  const status = await machine.must(['sh', '-c', `cat /proc/$(cat /run/${name}.pid)/status`]);
  return (Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1]) * 1024) / 1e6;
}

/** Measures for `seconds` how much of one core a program of the machine uses, in percent. */
export async function cpuPercent(machine: Machine, name: string, seconds: number): Promise<number> {
  const [before, started] = [await cpuSeconds(machine, name), performance.now()];
  await delay(seconds * 1000);
  const [after, ended] = [await cpuSeconds(machine, name), performance.now()];
  return ((after - before) / ((ended - started) / 1000)) * 100;
}

/** proc_pid_stat(5), fields 14 and 15: time in user and in kernel mode. */
async function cpuSeconds(machine: Machine, name: string): Promise<number> {
  const stat = await machine.must(['sh', '-c', `cat /proc/$(cat /run/${name}.pid)/stat`]);
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND;
}
