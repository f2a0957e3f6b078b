/** Organizations are treated alike. */
import { formatCount, formatShare } from '../wording/format.ts';
import type { History } from './history.ts';
import { type Law, requireNumber } from './law.ts';
import { type OpenJob, openJobsByOrg } from './open-work.ts';

/** Options of {@link fairAmongOrgs}. */
export interface FairnessOptions {
  /** How much of its equal share the organization that is treated worst must get, 0 to 1; exactly so much obeys. Default 0.5. */
  readonly shareAtLeast?: number;
}

/** What an organization got, and what an equal share would have been. */
interface Served {
  admitted: number;
  entitled: number;
}

/**
 * Nobody gets much less than an equal share. At each admission, every organization that has work waiting, and the one that is admitted, is entitled to
 * an equal part of it; how much one got is
 *
 *     (admissions + 1) / (admissions that it was entitled to + 1)
 *
 * counted over the whole trial, and the smallest must not be below `shareAtLeast` (the 1 keeps a single call that waits behind one other from
 * being a scandal). This is max-min fairness: whoever asks for little is served at once, whoever asks for more shares the rest. Work that is
 * admitted at the very moment at which others are does not count as waiting.
 *
 * Judge it where organizations share a limit, or have equal ones: of one whose own limit is smaller, the limiter can make no more.
 *
 * @throws RangeError for a share outside 0 to 1
 */
export function fairAmongOrgs({ shareAtLeast = 0.5 }: FairnessOptions = {}): Law {
  const name = 'fairAmongOrgs';
  requireNumber(name, 'shareAtLeast', shareAtLeast, 'a number from 0 to 1', shareAtLeast >= 0 && shareAtLeast <= 1);
  return (history) => {
    const openByOrg = openJobsByOrg(history);
    let worst: { org: string; share: number; served: Served } | null = null;
    for (const [org, served] of servedByOrg(history, openByOrg)) {
      const share = (served.admitted + 1) / (served.entitled + 1);
      if (share < (worst?.share ?? shareAtLeast)) worst = { org, share, served };
    }
    if (worst === null) return null;
    const { org, share, served } = worst;
    const longest = openByOrg.get(org)!.reduce((a, b) => (b.toMs - b.fromMs > a.toMs - a.fromMs ? b : a));
    return {
      law: name,
      sentence: `${org} was admitted ${formatCount(served.admitted)} times, an equal share of what was admitted while it waited is ${formatCount(served.entitled)}: it got ${formatShare(share)}, at least ${formatShare(shareAtLeast)} must be`,
      atMs: longest.fromMs,
      attempts: history.attempts.filter(({ job }) => job === longest.job.id).map(({ index }) => index),
      jobs: [longest.job.id],
      measured: share,
      allowed: shareAtLeast,
    };
  };
}

function servedByOrg(history: History, openByOrg: ReadonlyMap<string, readonly OpenJob[]>): Map<string, Served> {
  const served = new Map([...openByOrg.keys()].map((org) => [org, { admitted: 0, entitled: 0 }]));
  const waiting = new Map<string, number>();
  const all = [...openByOrg].flatMap(([org, open]) => open.map((job) => ({ org, ...job })));
  const entering = all.toSorted((a, b) => a.fromMs - b.fromMs);
  const leaving = all.toSorted((a, b) => a.toMs - b.toMs);
  let entered = 0;
  let left = 0;
  const change = (org: string, by: number) => {
    const count = (waiting.get(org) ?? 0) + by;
    if (count === 0) waiting.delete(org);
    else waiting.set(org, count);
  };
  for (const { org, outcome, startMs } of history.attempts) {
    if (outcome !== 'admitted') continue;
    for (; entered < entering.length && entering[entered]!.fromMs <= startMs; entered++)
      change(entering[entered]!.org, 1);
    for (; left < entered && leaving[left]!.toMs <= startMs; left++) change(leaving[left]!.org, -1);
    const sharers = new Set([...waiting.keys(), org]);
    for (const one of sharers) {
      const its = served.get(one);
      if (its !== undefined) its.entitled += 1 / sharers.size;
    }
    const its = served.get(org);
    if (its !== undefined) its.admitted += 1;
  }
  return served;
}
