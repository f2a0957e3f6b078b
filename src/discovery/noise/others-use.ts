/** Whether others use a limit: what passes at once from idle is always the same where nobody does. */
import { IDLE_AFTER_MS } from '../idle.ts';
import type { Point } from '../black-box.ts';
import type { Prober } from '../prober.ts';

const ROUNDS = 4;
/** Bursts that nothing rejected, and so were too small. */
const TOO_SMALL_MAX = 6;
const BURST_MAX = 8000;

/**
 * Rests and bursts a few times; true: not the same passed each time. Without jitter only; false where errors answer some probes, since what passed is not
 * known then.
 *
 * @param atOnce what passed at once so far
 */
export async function othersUse(prober: Prober, point: Point, atOnce: number): Promise<boolean> {
  let size = atOnce + 3;
  let passed: number | null = null;
  for (let round = 0, tooSmall = 0; round < ROUNDS && tooSmall < TOO_SMALL_MAX;) {
    await prober.waitUntil(prober.nowMs + IDLE_AFTER_MS);
    const answers = await prober.sendMany(Array.from({ length: Math.min(BURST_MAX, size) }, () => point));
    if (answers.some(({ outcome }) => outcome === 'unknown')) return false;
    const admitted = answers.filter(({ outcome }) => outcome === 'admitted').length;
    if (admitted === answers.length) {
      tooSmall += 1;
      size = Math.ceil(size * 1.7);
      continue;
    }
    if (passed !== null && admitted !== passed) return true;
    passed = admitted;
    size = admitted + 3;
    round += 1;
  }
  return false;
}
