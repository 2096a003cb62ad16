const origin = Date.now() - performance.now();

/**
 * Milliseconds since the epoch by a clock that never jumps: the system's clock at the start of this process,
 * and the kernel's monotonic clock since. Everything that waits or expires uses it, because the system's
 * clock jumps when NTP or a resumed VM corrects it.
 */
export function steadyNow(): number {
  return Math.round(origin + performance.now());
}
