/** How much of what was sent was refused. */
import { formatCount, formatShare } from '../wording/format.ts';
import { type Law, requireNumber } from './law.ts';

/**
 * At most this share (0 to 1) of all attempts is refused; exactly that share obeys.
 *
 * @throws RangeError for a share outside 0 to 1
 */
export function wastesAtMost(share: number): Law {
  const name = 'wastesAtMost';
  requireNumber(name, 'share', share, 'a number from 0 to 1', share >= 0 && share <= 1);
  return ({ attempts }) => {
    const refused = attempts.filter(({ outcome }) => outcome === 'rejected');
    const measured = attempts.length === 0 ? 0 : refused.length / attempts.length;
    if (measured <= share) return null;
    const allowed = Math.floor(share * attempts.length);
    return {
      law: name,
      sentence: `${formatCount(refused.length)} of ${formatCount(attempts.length)} calls were refused (${formatShare(measured)}), at most ${formatShare(share)} may be`,
      atMs: refused[allowed]!.startMs,
      attempts: refused.map(({ index }) => index),
      jobs: [],
      measured,
      allowed: share,
    };
  };
}
