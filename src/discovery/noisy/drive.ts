/** The hands of the inference under noise: probes of one stream, asked again where an answer told nothing. */
import type { Point } from '../black-box.ts';
import type { ProbeEvent } from '../record.ts';
import type { Stream } from '../stream.ts';

/** What came of probes sent at once. */
export interface Volley {
  readonly admitted: number;
  readonly rejected: number;
  readonly unknown: number;
}

/** How often a probe is repeated whose answer told nothing. */
const REPEATS_MAX = 6;

/** See the head of this file. */
export class Drive {
  readonly #stream: Stream;
  readonly #first: number;
  /** Most that one volley may hold. */
  readonly #most: number;

  constructor(stream: Stream, most: number) {
    this.#stream = stream;
    this.#first = stream.prober.events.length;
    this.#most = most;
  }

  get nowMs(): number {
    return this.#stream.prober.nowMs;
  }

  /** Probes sent so far. */
  get spent(): number {
    return this.#stream.prober.events.length - this.#first;
  }

  /** The whole record of the stream's own points: what was sent before this drive began has charged the limit as well. */
  events(): ProbeEvent[] {
    const { prober, points, costOf } = this.#stream;
    if (costOf !== undefined) return prober.events.filter((event) => costOf(event) > 0);
    return prober.events.filter(({ identity, route }) =>
      points.some((point) => point.identity === identity && point.route === route),
    );
  }

  async waitUntil(atMs: number): Promise<void> {
    await this.#stream.prober.waitUntil(atMs);
  }

  /** `count` probes at once; fewer where a known limit leaves no room for more. */
  async volley(count: number): Promise<Volley> {
    const { prober, known, points } = this.#stream;
    const wanted = Math.max(1, Math.min(this.#most, Math.round(count)));
    let point = points[0] as Point;
    let room = known.limits.length === 0 ? wanted : known.room(point, this.nowMs, wanted);
    for (const other of points.slice(1)) {
      if (room > 0) break;
      point = other;
      room = known.room(other, this.nowMs, wanted);
    }
    if (room <= 0) {
      await this.waitUntil(known.nextFitMs(point, this.nowMs));
      room = 1;
    }
    const answers = await prober.sendMany(Array.from({ length: room }, () => point));
    const tally = { admitted: 0, rejected: 0, unknown: 0 };
    for (const { outcome } of answers) tally[outcome] += 1;
    return tally;
  }

  /** One probe, repeated until it tells something. */
  async ask(): Promise<'admitted' | 'rejected' | 'unknown'> {
    for (let attempt = 0; attempt < REPEATS_MAX; attempt++) {
      const { admitted, rejected } = await this.volley(1);
      if (admitted > 0) return 'admitted';
      if (rejected > 0) return 'rejected';
    }
    return 'unknown';
  }

  /** Probes until several are rejected in a row; gives how many were admitted. `guess`: how many are expected, 0: no idea. */
  async fill(guess: number): Promise<number> {
    let admitted = 0;
    for (let count = guess > 0 ? guess : 1, round = 0; round < 40; round++) {
      const seen = await this.volley(count);
      admitted += seen.admitted;
      if (seen.rejected > 0) {
        if (seen.rejected >= 3 && seen.admitted === 0) return admitted;
        const again = await this.volley(2);
        admitted += again.admitted;
        if (again.admitted === 0 && again.rejected > 0) return admitted;
        count = 2;
      } else {
        count = guess > 0 ? Math.max(2, Math.ceil(guess * 0.15)) : Math.ceil(count * 1.6);
      }
      if (this.spent > this.#most * 4) return admitted;
    }
    return admitted;
  }

  /** One probe; if it passes, all that passes, in growing volleys; gives how many did. `size`: what the limit is believed to hold. */
  async drain(size: number): Promise<number> {
    if ((await this.ask()) !== 'admitted') return 0;
    let admitted = 1;
    let again = 0;
    for (let count = 2; admitted < this.#most; count = Math.ceil(count * 1.7)) {
      // Where half has passed, all of it is likely to: no more than that is asked for.
      const whole = size - admitted + 3;
      const seen = await this.volley(admitted > size * 0.4 && whole > 3 ? whole : count);
      admitted += seen.admitted;
      if (seen.rejected === 0) continue;
      // Some were early and some late; where volleys of the same size go on being cut, it is the size that is rejected.
      if (seen.admitted === 0 || again >= 1) return admitted;
      again += 1;
      if ((await this.ask()) !== 'admitted') return admitted;
      admitted += 1;
      count = 1;
    }
    return admitted;
  }
}
