import { byParameter, perText } from '../counted-by.ts';
import { defineStrategy } from '../definition.ts';
import type { Gate } from './gated.ts';
import { gated } from './gated.ts';
import { readRateHeaders } from './rate-headers.ts';

/** The cure of thread 4: "Check X-RateLimit-Remaining before the next request. If it is 0, wait". */
export const remainingGate = defineStrategy({
  name: 'remaining-gate',
  title: 'Remaining-header gate per org',
  titleOf: ({ by }) => `Remaining-header gate ${perText(by)}`,
  family: 'paces',
  what: 'Reads how many requests are left from the rate headers of every response, sends no more than that, and at 0 waits for Retry-After or the reset.',
  when: 'Where the headers speak of the limit that refuses. It does nothing where they are missing (as on the documented platform today), and is led astray where they speak of another limit or are old.',
  parameters: {
    by: byParameter('org'),
    absentMs: {
      kind: 'number',
      default: 5000,
      unit: 'ms',
      min: 1,
      max: 86_400_000,
      doc: 'Wait at 0 when neither Retry-After nor a reset is given.',
    },
  },
  references: [
    'Thread 4: "Check X-RateLimit-Remaining before the next request. If it is 0, wait again"',
    'IETF draft RateLimit header fields for HTTP: https://datatracker.ietf.org/doc/draft-ietf-httpapi-ratelimit-headers/ (remaining is not a promise)',
  ],
  example: 'retry-after+remaining-gate',
  build: ({ by, absentMs }) => ({ pipeline: gated(by, () => new RemainingGate(absentMs)) }),
});

/**
 * Spends what the last response said is left, less what has been started since. When that is spent it waits for the next answer; after a
 * wait at 0 one request goes ahead and its answer tells how many may follow. Without rate headers nothing is known, and all may go.
 */
class RemainingGate implements Gate {
  private readonly absentMs: number;
  private left = Infinity;
  private inProgress = 0;
  private closedUntilMs = -Infinity;

  constructor(absentMs: number) {
    this.absentMs = absentMs;
  }

  take(nowMs: number): number {
    if (nowMs < this.closedUntilMs) return this.closedUntilMs - nowMs;
    if (this.left <= 0 && this.inProgress > 0) return Infinity;
    this.left = Math.max(0, this.left - 1);
    this.inProgress += 1;
    return 0;
  }

  ended(response: Response | null, nowMs: number): void {
    this.inProgress -= 1;
    if (response === null) return;
    const told = readRateHeaders(response, nowMs);
    if (told === null) {
      this.left = Infinity;
      return;
    }
    this.left = Math.max(0, told.remaining - this.inProgress);
    if (told.remaining < 1) {
      this.closedUntilMs = Math.max(this.closedUntilMs, nowMs + (told.waitMs ?? this.absentMs));
    }
  }
}
