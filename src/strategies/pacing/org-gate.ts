import { byParameter, perText } from '../counted-by.ts';
import { defineStrategy } from '../definition.ts';
import { retryAfterMs } from '../retry/retry-after-header.ts';
import { isRefusal, timerMsMax } from '../retry/retrying.ts';
import type { Gate } from './gated.ts';
import { gated } from './gated.ts';

/** One refusal speaks for all requests of the organization. */
export const orgGate = defineStrategy({
  name: 'org-gate',
  title: 'Shared pause per org',
  titleOf: ({ by, absentMs }) => `Shared pause ${perText(by)}${absentMs === 5000 ? '' : ` (else ${absentMs} ms)`}`,
  family: 'reacts',
  what: 'After a refusal (429, 503) sends nothing more to that organization until its Retry-After has passed, not only the request that was refused.',
  when: 'With retry-after around it, whenever a limit counts all traffic of an organization: the others would be refused too, and defying a Retry-After may lead to a block. When the pause ends all that wait start at once; a pacing layer inside spreads them.',
  parameters: {
    by: byParameter('org'),
    absentMs: {
      kind: 'number',
      default: 5000,
      unit: 'ms',
      min: 0,
      max: 86_400_000,
      doc: 'Pause after a refusal without a usable Retry-After; 0: none.',
    },
  },
  references: ['Thread 4: "ignoring the Retry-After header on analytics endpoints triggers a hard tenant-wide block"'],
  example: 'retry-after+org-gate',
  build: ({ by, absentMs }) => ({ pipeline: gated(by, () => new SharedPause(absentMs)) }),
});

/** Closed until the latest Retry-After seen has passed. */
class SharedPause implements Gate {
  private readonly absentMs: number;
  private closedUntilMs = -Infinity;

  constructor(absentMs: number) {
    this.absentMs = absentMs;
  }

  take(nowMs: number): number {
    return nowMs < this.closedUntilMs ? this.closedUntilMs - nowMs : 0;
  }

  ended(response: Response | null, nowMs: number): void {
    if (response === null || !isRefusal(response.status)) return;
    const pauseMs = Math.min(timerMsMax, retryAfterMs(response, nowMs) ?? this.absentMs);
    this.closedUntilMs = Math.max(this.closedUntilMs, nowMs + pauseMs);
  }
}
