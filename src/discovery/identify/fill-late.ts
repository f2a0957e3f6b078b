/**
 * How much fits at once, where charges are seen late and a burst passes as a whole, however large: from rest, a burst of what surely fits, and then few at a
 * time, each when those before are seen. It is full before the first that is rejected, and what was sent before the last that passed was less than fits.
 */
import type { Range } from '../stream.ts';
import type { Sending } from './sending.ts';

/** Steps of one fill, at least and at most, and how long they may take together before what flows in meanwhile counts, ms. */
const STEPS_MIN = 2;
const STEPS_MAX = 24;
const STEPS_MS = 1500;
/** From sending to knowing whether it passed, about, ms. */
const ANSWER_MS = 60;
const FILLS_MAX = 12;
/** Steps beyond what was thought to be the most. */
const BEYOND = 4;
/** How much less is tried, each time more, where no more than the burst passes. */
const BACK_GROWTH = 4;

/**
 * Fills it until what fits is known, or is as narrow as it gets.
 *
 * @param room what may fit
 * @param rested waits until nothing is remembered; what was sent before is forgotten then
 */
export async function fillLate(
  sending: Sending,
  room: Range,
  lagMs: number,
  rested: () => Promise<void>,
): Promise<void> {
  let { low, high } = room;
  let back = 1;
  let steps = Math.max(STEPS_MIN, Math.min(STEPS_MAX, Math.floor(STEPS_MS / Math.max(lagMs, ANSWER_MS))));
  for (let fill = 0; fill < FILLS_MAX; fill++) {
    await rested();
    const step = Math.max(1, Math.ceil((high - low) / steps));
    const { passed, last, isFull } = await fillOnce(sending, low, step, high + BEYOND * step);
    if (!isFull) {
      // It refills faster than it is filled so.
      steps = Math.max(STEPS_MIN, Math.floor(steps / 2));
      low = Math.max(low, high);
      high = Math.ceil(1.4 * high);
      continue;
    }
    if (last === 1 && passed > low) return;
    // No more than the burst fits: the record has to show that it does, or how much less, should something have flowed in before.
    if (last === 0) {
      [low, high] = [Math.max(1, low - back), low];
      back *= BACK_GROWTH;
    } else [low, high] = [passed - last + 1, passed];
    if (low === high) low = Math.max(1, low - 1);
  }
}

/** A burst, and then steps until one is rejected; `last`: what of it passed at last, 0: nothing but the burst. */
async function fillOnce(sending: Sending, burst: number, step: number, most: number) {
  await sending.chunk(burst);
  let passed = burst;
  let last = 0;
  while (passed < most) {
    const { sent, rejected } = await sending.chunk(step);
    if (rejected) return { passed, last, isFull: true };
    passed += sent;
    last = step;
  }
  return { passed, last, isFull: false };
}
