/**
 * What is called found has to account for the whole record, not only for the part that it was identified by. So in the end all that was sent is replayed
 * against all limits at once: each admitted request must have been allowed by every limit, and each rejected one must be explained by at least one.
 */
import type { Exploration, LimitInHand } from '../explore/exploration.ts';
import { counting } from '../identify/counts-by-record.ts';
import type { ProbeEvent } from '../record.ts';

const CONTRADICTED = 'a probe was admitted while it should have been full';
const UNEXPLAINED = 'something rejected there that neither this limit nor any other found explains';

/**
 * Forgets limits that explain nothing by themselves, and calls those ambiguous that the record contradicts. `complete`: whether nothing was broken off;
 * then also those on whose routes something rejected without a reason, unless that was left open by name, or an ambiguous limit may be the reason.
 */
export function checkWholeRecord(exploration: Exploration, complete: boolean): void {
  forgetNeedless(exploration);
  const { known, limits, prober } = exploration;
  // Where it is not known whether rejected requests count, only what neither way explains is a reason for doubt.
  const otherwise = exploration.knownAs(
    limits.map((one) => (one.countsKnown ? one.known : counting(one.known, 'all'))),
  );
  const unexplained = new Set(otherwise.unexplained);
  const contradicted = new Set(otherwise.contradicted.map(({ limit }) => limit));
  const doubts = new Map<number, string>();
  for (const index of complete ? known.unexplained : []) {
    const { route } = prober.events[index] as ProbeEvent;
    if (!unexplained.has(index) || exploration.unsettledRoutes.has(route)) continue;
    const concerned = [...limits.keys()].filter((at) => (limits[at]?.known.costs.get(route) ?? 0) > 0);
    if (concerned.some((at) => limits[at]?.status === 'ambiguous')) continue;
    for (const at of concerned) doubts.set(at, UNEXPLAINED);
  }
  for (const { limit } of known.contradicted) if (contradicted.has(limit)) doubts.set(limit, CONTRADICTED);
  for (const [at, reason] of doubts) if (limits[at]?.status === 'found') exploration.doubt(at, reason);
}

/** The latest first: what came after others that were found, and without which these explain as much, is most likely one of them, seen again. */
function forgetNeedless(exploration: Exploration): void {
  const unexplained = (limits: readonly LimitInHand[]) =>
    exploration.knownAs(limits.map(({ known }) => known)).unexplained.length;
  let found = exploration.limits.filter(({ status }) => status === 'found');
  let least = found.length > 1 ? unexplained(found) : 0;
  for (const limit of found.toReversed()) {
    const others = found.filter((one) => one !== limit);
    const left = others.length === 0 ? Number.POSITIVE_INFINITY : unexplained(others);
    if (left > least) continue;
    found = others;
    least = left;
    exploration.forget(exploration.limits.indexOf(limit));
  }
}
