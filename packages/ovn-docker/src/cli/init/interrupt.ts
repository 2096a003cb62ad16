/** The user's interruptions of a command that must not end in its middle. */
export interface Interrupt extends Disposable {
  readonly signal: AbortSignal;
}

/**
 * Turns SIGINT and SIGTERM into an aborted signal, and goes on when the terminal disappears: the change may
 * itself have cut the session, and only its end decides.
 */
export function onInterrupt(): Interrupt {
  const controller = new AbortController();
  const interrupt = () => {
    process.stderr.write('\novn-docker: interrupted: undoing what was done\n');
    controller.abort();
  };
  const goOn = () => undefined;
  const interrupts = ['SIGINT', 'SIGTERM'] as const;
  for (const name of interrupts) process.on(name, interrupt);
  process.on('SIGHUP', goOn);
  // main.ts ends the process when its output is closed.
  process.stdout.removeAllListeners('error').on('error', goOn);
  process.stderr.on('error', goOn);
  return {
    signal: controller.signal,
    [Symbol.dispose]() {
      for (const name of interrupts) process.off(name, interrupt);
      process.off('SIGHUP', goOn);
    },
  };
}
