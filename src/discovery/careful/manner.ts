/** Whether there is anything to defy: the one decision between the two manners of identification. */
import type { ProbeEvent } from '../record.ts';

/**
 * `untouched`: nothing was rejected yet. `told`: some 429 told a Retry-After, so what it told is to be obeyed ({@link identifyCarefully}).
 * `untold`: rejections tell nothing, so nothing is defied by probing on.
 */
export type Manner = 'untouched' | 'told' | 'untold';

/** The manner that a record asks for. Costs one pass; call it again when there is more. */
export function mannerOf(events: readonly ProbeEvent[]): Manner {
  let manner: Manner = 'untouched';
  for (const { outcome, told } of events) {
    if (outcome !== 'rejected') continue;
    if (told.retryAfterMs !== null) return 'told';
    manner = 'untold';
  }
  return manner;
}
