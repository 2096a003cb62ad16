import { Lab, type LabKind } from '../lab.ts';
import { up } from '../up.ts';
import { clearFormerRun } from './leftovers.ts';
import { mainJob } from './main-job.ts';
import { Report } from './report.ts';

/**
 * `npm start`: raises the lab, does the main job of the source document, verifies it, and leaves everything
 * running. If the lab is up already, it first removes what the former run started. Returns the exit code.
 */
export async function start(name: string, kind: Omit<LabKind, 'docker'>, json: boolean): Promise<number> {
  const report = new Report(json);
  process.once('SIGINT', () => {
    process.stderr.write('\nlab: interrupted; `npm stop` takes the lab down, `npm start` starts again\n');
    process.exit(130);
  });
  try {
    await report.step('raise the lab', async () => {
      const lab = new Lab(name);
      const wasUp = lab.isUp;
      await up(name, { ...kind, docker: true, progress: (step, seconds) => report.progress(step, seconds) });
      if (wasUp) await clearFormerRun(lab);
      return wasUp
        ? 'it was up; the containers of the former run are removed'
        : `${lab.machines.length} machines; OVN has bound the VMs; Docker and agent answer in each VM`;
    });
    await mainJob(new Lab(name), report);
  } catch (error) {
    if (json) return 1;
    throw error;
  }
  const option = name === 'lab' ? '' : ` --name ${name}`;
  report.end(`The lab stays up. Look around:
  npm run lab -- status${option}
  npm run lab -- exec${option} vm-a -- docker ps
  npm run lab -- exec${option} vm-a -- ovn-docker status
Take it down: ${name === 'lab' ? 'npm stop' : `npm run lab -- down${option}`}`);
  return 0;
}
