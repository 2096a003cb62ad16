import { setTimeout as delay } from 'node:timers/promises';
import { styleText } from 'node:util';
import { defineCommand } from '../command.ts';
import { flag } from '../options.ts';

/** Pause between two looks of `--watch`, in milliseconds. */
const PAUSE_MS = 2000;

/** The codes that clear a terminal: cursor to the top, erase everything (ECMA-48 CUP and ED). */
const CLEAR = '\u001b[H\u001b[2J';

/** Not `elsewhere`: it chooses its VMs itself, because there may be several `--host`. */
export const health = defineCommand({
  name: 'health',
  summary: 'show the health of the containers on logical networks, and whether the agents can provide NICs',
  needsRoot: false,
  options: {
    watch: flag('--watch', 'show it again every 2 s until SIGINT'),
    json: flag('--json', 'print JSON, with --watch one line each time'),
  },

  async action(settings, { watch, json }) {
    const { printHealth } = await import('../health/print-health.ts');
    const { isWell } = await import('../health/vm-report.ts');
    const { openVms } = await import('../health/open-vms.ts');
    const stop = new AbortController();
    // The connections must be closed.
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stop.abort());
    await using vms = await openVms(settings);
    do {
      const reports = await vms.look(stop.signal);
      if (!reports) {
        process.exitCode ??= 130;
        return;
      }
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
