import { once } from 'node:events';
import { hostname } from 'node:os';
import { setTimeout as delay } from 'node:timers/promises';
import { styleText } from 'node:util';
import { defineCommand } from '../command.ts';
import type { VmReport } from '../health/vm-report.ts';
import { flag } from '../options.ts';
import { openAgent, type Settings } from '../settings.ts';

/** Pause between two looks of `--watch`, in milliseconds. */
const PAUSE_MS = 2000;

/** The codes that clear a terminal: cursor to the top, erase everything (ECMA-48 CUP and ED). */
const CLEAR = '\u001b[H\u001b[2J';

export const health = defineCommand({
  name: 'health',
  summary: 'show the health of the containers on logical networks, and whether the agent can provide NICs',
  needsRoot: true,
  options: {
    watch: flag('--watch', 'show it again every 2 s until SIGINT'),
    json: flag('--json', 'print JSON, with --watch one line each time'),
  },

  async action(settings, { watch, json }) {
    const { printHealth } = await import('../health/print-health.ts');
    const { isWell } = await import('../health/vm-report.ts');
    const stop = new AbortController();
    if (watch) void once(process, 'SIGINT').then(() => stop.abort());
    do {
      const reports = await look(settings);
      const ok = reports.every(isWell);
      // styleText obeys NO_COLOR, and leaves text alone unless it is for a terminal.
      const text = json
        ? `${JSON.stringify({ ok, hosts: reports })}\n`
        : printHealth(reports, Date.now(), (colour, line) =>
            styleText(colour, line, { stream: process.stdout }),
          );
      process.stdout.write(watch && !json && process.stdout.isTTY ? CLEAR + text : text);
      process.exitCode = ok ? 0 : 1;
      if (watch) await delay(PAUSE_MS, undefined, { signal: stop.signal }).catch(() => undefined);
    } while (watch && !stop.signal.aborted);
  },
});

async function look(settings: Settings): Promise<VmReport[]> {
  const { reportOf } = await import('../health/vm-report.ts');
  await using agent = await openAgent(settings);
  return [await reportOf(hostname(), (limitMs) => agent.health(limitMs))];
}
