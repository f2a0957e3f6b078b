/** Probes of one stream, at the times and in the numbers that identification asks for; what known limits leave no room for is not sent. */
import type { Point } from '../black-box.ts';
import type { ProbeEvent } from '../record.ts';
import type { Stream } from '../stream.ts';

const POLL_MS = 25;
/** Rejections are counted on within this many polls after the first admitted answer. */
const POLLS_MAX = 400;

/** See the head of this file. */
export class Sending {
  readonly #stream: Stream;
  #underWay: Promise<unknown>[] = [];
  /** When all charges are seen. */
  #seenFromMs = Number.NEGATIVE_INFINITY;

  constructor(stream: Stream) {
    this.#stream = stream;
  }

  get #events(): readonly (ProbeEvent | undefined)[] {
    return this.#stream.prober.events;
  }

  get nowMs(): number {
    return this.#stream.prober.nowMs;
  }

  get #alone(): boolean {
    return this.#stream.known.limits.length === 0;
  }

  #launch(answers: Promise<unknown>): void {
    this.#seenFromMs = this.nowMs + (this.#stream.lagMs ?? 0);
    // Whoever waits for it is told of an error; until then nobody does.
    answers.catch(() => undefined);
    this.#underWay.push(answers);
  }

  /** Waits for every answer that is under way, whatever came of it. */
  async ended(): Promise<void> {
    await Promise.allSettled(this.#underWay);
    this.#underWay = [];
  }

  /** Waits for every answer that is under way. */
  async settled(): Promise<void> {
    const waiting = this.#underWay;
    this.#underWay = [];
    await Promise.all(waiting);
  }

  /**
   * Sends up to `count` probes now and waits until it is known whether some were rejected, not for every answer (unless known limits
   * have to be asked). Gives how many were sent, and whether any was rejected. Where charges are seen late, all are before it begins.
   */
  async chunk(count: number): Promise<{ sent: number; rejected: boolean }> {
    const { prober } = this.#stream;
    await this.waitUntil(this.#seenFromMs);
    const from = prober.events.length;
    if (this.#alone) {
      const [point] = this.#stream.points;
      this.#launch(prober.sendMany(Array.from<Point>({ length: count }).fill(point as Point)));
      return { sent: count, rejected: await this.#rejectedSince(from, count) };
    }
    await this.settled();
    // Through all points: what one alone is let through may never fill what they share.
    const fitting = this.#stream.known.fitting(this.#stream.points, this.nowMs, count);
    if (fitting.length === 0) return { sent: 0, rejected: false };
    await prober.sendMany(fitting);
    return { sent: fitting.length, rejected: await this.#rejectedSince(from, 0) };
  }

  /** So many now, and as many again `gapMs` later, whatever has been answered by then. */
  async hold(count: number, gapMs: number): Promise<void> {
    const { prober } = this.#stream;
    await this.settled();
    const atMs = this.nowMs;
    for (const untilMs of [atMs, atMs + gapMs]) {
      await prober.waitUntil(untilMs);
      const { point, room } = this.#alone
        ? { point: this.#stream.points[0] as Point, room: count }
        : this.#roomiest(count);
      if (room > 0) this.#launch(prober.sendMany(Array.from<Point>({ length: room }).fill(point)));
      if (!this.#alone) await this.settled();
    }
    await this.settled();
  }

  /** Probes at these times, without waiting for answers in between, until one is admitted or one beyond them; false: all were rejected. */
  async scan(timesMs: readonly number[]): Promise<boolean> {
    const { prober } = this.#stream;
    const from = prober.events.length;
    let launched = 0;
    for (const atMs of timesMs) {
      if (atMs < this.nowMs) continue;
      await prober.waitUntil(atMs);
      if (this.#admittedSince(from)) break;
      if (this.#alone) {
        this.#launch(prober.sendMany([this.#stream.points[0] as Point]));
        continue;
      }
      // Those under way may be admitted: there has to be room beside them, or they are waited for.
      const underWay = launched - this.#notedSince(from);
      let { point, room } = this.#roomiest(underWay + 1);
      if (room <= underWay) {
        await this.settled();
        if (this.#admittedSince(from)) break;
        ({ point, room } = this.#roomiest(1));
        if (room < 1) continue;
      }
      this.#launch(prober.sendMany([point]));
      launched += 1;
    }
    await this.settled();
    return this.#admittedSince(from);
  }

  async waitUntil(atMs: number): Promise<void> {
    await this.#stream.prober.waitUntil(atMs);
  }

  /** Waits until the known limits leave room for a probe, and at least `pauseMs`; false: they never do. */
  async untilRoom(pauseMs = 0): Promise<boolean> {
    if (this.#alone) return true;
    await this.settled();
    const { known, points } = this.#stream;
    const atMs = Math.min(...points.map((point) => known.nextFitMs(point, this.nowMs)));
    if (atMs === Number.POSITIVE_INFINITY) return false;
    await this.waitUntil(Math.max(atMs, this.nowMs + pauseMs));
    return true;
  }

  #roomiest(most: number): { point: Point; room: number } {
    let best = { point: this.#stream.points[0] as Point, room: 0 };
    for (const point of this.#stream.points) {
      const room = this.#stream.known.room(point, this.nowMs, most);
      if (room > best.room) best = { point, room };
      if (room >= most) break;
    }
    return best;
  }

  /** How many from this index on known limits take into account: all before the first one that is under way. */
  #notedSince(from: number): number {
    let at = from;
    while (this.#events[at] !== undefined) at++;
    return at - from;
  }

  #admittedSince(from: number): boolean {
    for (let at = from; at < this.#events.length; at++) if (this.#events[at]?.outcome === 'admitted') return true;
    return false;
  }

  /** Whether any from this index on was rejected; `asked`: how many are waited for, as far as need be. */
  async #rejectedSince(from: number, asked: number): Promise<boolean> {
    for (let poll = 0; ; poll++) {
      let answered = 0;
      for (let at = from; at < this.#events.length; at++) {
        const event = this.#events[at];
        // What a known limit explains is no sign of the one that is looked for.
        if (event?.outcome === 'rejected' && (this.#alone || this.#stream.known.isUnexplained(at))) return true;
        if (event !== undefined) answered++;
      }
      // Rejections are the quicker answers: once one was admitted, none is to come.
      if (answered >= asked || (answered > 0 && poll > 1) || poll > POLLS_MAX) return false;
      await this.waitUntil(this.nowMs + POLL_MS);
    }
  }
}
