/** Progress of a discovery on standard error: one line rewritten on a terminal, a line every five seconds elsewhere. */
import type { ProbeEvent } from '../discovery/record.ts';
import type { LogOptions } from '../discovery/log.ts';
import { createSystemClock } from '../time/system-clock.ts';
import { formatCount, formatDuration } from '../wording/format.ts';
import type { Output } from './io.ts';

/** Shortest time between two rewritings of the line. */
const REWRITE_MS = 100;
/** Longest silence where the line cannot be rewritten. */
const PLAIN_MS = 5000;

/** Shows how far a discovery has come; null: nothing is shown. */
export function discoverProgress(
  output: Output | null,
  { requests, timeMs }: Pick<LogOptions, 'requests' | 'timeMs'>,
): { note(event: ProbeEvent): void; end(): void } {
  if (output === null) return { note: () => {}, end: () => {} };
  const clock = createSystemClock();
  let shownMs = clock.now();
  let firstMs: number | null = null;
  const counts = { admitted: 0, rejected: 0, unknown: 0 };
  return {
    note({ outcome, sentMs, answeredMs, told }) {
      counts[outcome] += 1;
      firstMs ??= sentMs;
      const nowMs = clock.now();
      if (nowMs - shownMs < (output.isTerminal ? REWRITE_MS : PLAIN_MS)) return;
      shownMs = nowMs;
      const { admitted, rejected, unknown } = counts;
      const sent = admitted + rejected + unknown;
      const nothing = unknown === 0 ? '' : ` · ${formatCount(unknown)} without a word`;
      const waits =
        outcome === 'rejected' && told.retryAfterMs !== null
          ? ` · told to wait ${formatDuration(told.retryAfterMs)}`
          : '';
      const text = `${formatCount(sent)} of ${formatCount(requests)} probes · ${formatCount(admitted)} admitted · ${formatCount(rejected)} rejected${nothing} · ${formatDuration(answeredMs - firstMs)} of ${formatDuration(timeMs)}${waits}`;
      output.write(output.isTerminal ? `\r\u001B[2K${text.slice(0, output.columns - 1)}` : `${text}\n`);
    },
    end: () => (output.isTerminal ? output.write('\r\u001B[2K') : undefined),
  };
}
