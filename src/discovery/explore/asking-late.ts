/**
 * Who shares a bucket, asked where charges are seen late: more than it holds is sent at once from rest and passes; once that is seen, all are asked at one
 * instant. None of them sees another's charge, so who passes does not share it, and who is rejected while the base is does.
 */
import { IDLE_AFTER_MS } from '../idle.ts';
import type { Point } from '../black-box.ts';
import type { Asked } from './asking-apart.ts';
import { type Exploration, samePoint } from './exploration.ts';

/** Tries until the base is full when it is asked: a window may have ended meanwhile. */
const TRIES_MAX = 8;
const FILL_MAX = 8192;
/** What is sent beyond what was seen to pass: so many times that, and so many more. */
const OVERFULL = 1.3;
const MORE = 8;

/** Settles the outcomes of `asked`, as far as they can be; `atOnce`: what passed from rest before the base was rejected. */
export async function askLate(
  { prober, known }: Exploration,
  asked: readonly Asked[],
  base: Point,
  atOnce: number,
): Promise<void> {
  for (let tried = 0, many = Math.ceil(atOnce * OVERFULL) + MORE; tried < TRIES_MAX && many <= FILL_MAX; tried++) {
    const open = asked.filter(({ outcome }) => outcome === 'unclear');
    if (open.length === 0) return;
    await prober.waitUntil(Math.max(prober.nowMs + IDLE_AFTER_MS, Math.ceil(known.idleFromMs([base]))));
    const fill = known.fitting([base], prober.nowMs, many);
    await prober.sendMany(fill);
    const from = prober.events.length;
    await prober.sendMany([base, ...open.map(({ point }) => point)]);
    const unexplained = new Set(known.unexplained);
    const isFull = (index: number) => prober.events[index]?.outcome === 'rejected' && unexplained.has(index);
    // Every second time it is filled with more: what flows in may be as much as was too much.
    if (!isFull(from)) {
      if (tried % 2 === 1) many = Math.ceil(many * OVERFULL);
      continue;
    }
    for (const [index, event] of prober.events.slice(from).entries()) {
      const one = open.find(({ point }) => samePoint(point, event));
      if (one === undefined) continue;
      if (event.outcome === 'admitted') one.outcome = 'separate';
      else if (isFull(from + index)) one.outcome = 'shared';
    }
  }
}
