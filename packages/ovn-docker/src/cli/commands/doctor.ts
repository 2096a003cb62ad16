import { Rtnetlink } from '@ovn-docker/netlink';
import { printReport } from '../checklist/print-report.ts';
import { type LinkReport, walk } from '../checklist/run-checklist.ts';
import { links } from '../doctor/checks.ts';
import { requireRoot, type Settings } from '../settings.ts';

/** `ovn-docker doctor`: looks at everything that a container's NIC depends on, up to the first thing that is broken. */
export async function doctor(settings: Settings, { json }: { json?: boolean }): Promise<void> {
  requireRoot('doctor');
  await using closing = new AsyncDisposableStack();
  const netlink = closing.use(Rtnetlink.open());
  const width = Math.max(...links.map(({ name }) => name.length));
  const reports: LinkReport[] = [];
  for await (const report of walk(links, { settings, netlink, closing, found: {} })) {
    reports.push(report);
    if (!json) process.stdout.write(printReport(report, width));
  }
  const isGood = reports.every(({ state }) => state !== 'broken');
  if (json) process.stdout.write(`${JSON.stringify({ ok: isGood, links: reports })}\n`);
  if (!isGood) process.exitCode = 1;
}
