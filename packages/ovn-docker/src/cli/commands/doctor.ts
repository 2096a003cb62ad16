import { printReport } from '../checklist/print-report.ts';
import type { CheckReport } from '../checklist/run-checklist.ts';
import { defineCommand } from '../command.ts';
import { flag } from '../options.ts';

export const doctor = defineCommand({
  name: 'doctor',
  summary: 'check everything that a NIC depends on, up to the first fault; with --network, make one NIC',
  needsRoot: true,
  elsewhere: 'runs there',
  options: { json: flag('--json', 'print JSON') },

  async action(settings, { json }) {
    const { Rtnetlink } = await import('@ovn-docker/netlink');
    const { runChecklist } = await import('../checklist/run-checklist.ts');
    const { checks } = await import('../doctor/checks.ts');
    await using connections = new AsyncDisposableStack();
    const netlink = connections.use(Rtnetlink.open());
    const width = Math.max(...checks.map(({ name }) => name.length));
    const reports: CheckReport[] = [];
    for await (const report of runChecklist(checks, { settings, netlink, connections, findings: {} })) {
      reports.push(report);
      if (!json) process.stdout.write(printReport(report, width));
    }
    const ok = reports.every(({ state }) => state !== 'broken');
    if (json) {
      // Scripts read a check under the name `link`.
      const links = reports.map(({ check, ...outcome }) => ({ link: check, ...outcome }));
      process.stdout.write(`${JSON.stringify({ ok, links })}\n`);
    }
    if (!ok) process.exitCode = 1;
  },
});
