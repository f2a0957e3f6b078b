/** What a limit dictates, in one phrase for people. */
import type { Algorithm } from '../../mock-server/policy.ts';

/** For example `2,000 calls at 10/s after a burst of 50`. `units` is what the calls charge together; it is named when it is not their number. */
export function explain(algorithm: Algorithm, calls: number, units: number): string {
  const charging = units === calls ? '' : ` that charge ${count(units)}`;
  const work = `${count(calls)} ${calls === 1 ? 'call' : 'calls'}${charging}`;
  switch (algorithm.kind) {
    case 'token-bucket':
      return `${work} at ${count(algorithm.refillPerSecond)}/s after a burst of ${count(algorithm.capacity)}`;
    case 'fixed-window':
      return `${work} in windows of ${count(algorithm.limit)} per ${length(algorithm.windowMs)}`;
    case 'sliding-window-log':
    case 'sliding-window-counter':
      return `${work} at ${count(algorithm.limit)} in any ${length(algorithm.windowMs)}`;
    default:
      return `${count(calls)} ${calls === 1 ? 'call' : 'calls'}, ${count(algorithm.limit)} at once`;
  }
}

function count(value: number): string {
  return value.toLocaleString('en-US', { maximumFractionDigits: 2 });
}

function length(ms: number): string {
  if (ms % 60_000 === 0) return ms === 60_000 ? 'minute' : `${count(ms / 60_000)} minutes`;
  return ms === 1000 ? 'second' : `${count(ms / 1000)} s`;
}
