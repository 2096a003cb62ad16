/**
 * The longest delay that Node's timers support, about 24.8 days; a longer timer would fire after one
 * millisecond.
 */
const LONGEST_MS = 2 ** 31 - 1;

/**
 * Like `setTimeout`, but starts no timer when the delay is longer than Node's timers support (`Infinity`, for
 * example).
 */
export function startTimer(callback: () => void, delayMs: number): NodeJS.Timeout | undefined {
  return delayMs <= LONGEST_MS ? setTimeout(callback, delayMs) : undefined;
}
