/** The longest delay that Node's timers take, about 24.8 days; a longer one would fire after a millisecond. */
const LONGEST_MS = 2 ** 31 - 1;

/** As `setTimeout`; a delay that is longer than Node's timers take, `Infinity` too, never ends: then there is no timer. */
export function startTimer(callback: () => void, delayMs: number): NodeJS.Timeout | undefined {
  return delayMs <= LONGEST_MS ? setTimeout(callback, delayMs) : undefined;
}
