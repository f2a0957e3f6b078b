/** When to send the next probe while nothing surely fits: at the time whose answer splits the candidates best. */
import type { Candidate } from './candidate.ts';

const CANDIDATES_MAX = 400;
const EVEN_TIMES = 24;
const QUANTILES = 24;

/** A time and what its answer would tell, in bits. */
export interface Choice {
  readonly atMs: number;
  readonly bits: number;
}

/**
 * The most telling time from `fromMs` on. `trusting`: the told second counts as an answer too; else only passing does. Among equals the one where passing
 * decides, then the earliest.
 */
export function chooseTime(candidates: readonly Candidate[], fromMs: number, trusting: boolean): Choice {
  const some = thinned(candidates, CANDIDATES_MAX);
  const releases = some.map((one) => one.nextFitMs(fromMs)).sort((a, b) => a - b);
  let best: Choice = { atMs: fromMs, bits: 0 };
  for (const atMs of timesToTry(releases, fromMs)) {
    const direct = bitsAt(some, atMs, false);
    const bits = trusting ? Math.max(direct, 0.9 * bitsAt(some, atMs, true)) : direct;
    if (bits > best.bits + 1e-9) best = { atMs, bits };
  }
  return best;
}

/** Timers know whole milliseconds: times are a whole number of them from now. */
function timesToTry(releases: readonly number[], fromMs: number): number[] {
  const lastMs = Math.max(fromMs, releases.at(-1) ?? fromMs);
  const times = new Set([fromMs]);
  const add = (atMs: number) => times.add(fromMs + Math.max(0, Math.ceil(atMs - fromMs - 1e-6)));
  // At a release: those that release no later pass, the others do not.
  for (let at = 0; at < QUANTILES; at++) add(releases[Math.floor((releases.length * at) / QUANTILES)] as number);
  for (let at = 1; at <= EVEN_TIMES; at++) add(fromMs + ((lastMs - fromMs) * at) / EVEN_TIMES);
  return [...times].sort((a, b) => a - b);
}

function bitsAt(candidates: readonly Candidate[], atMs: number, seconds: boolean): number {
  const counts = new Map<number, number>();
  const add = (answer: number) => {
    const label = seconds ? answer : Math.min(1, answer);
    counts.set(label, (counts.get(label) ?? 0) + 0.5);
  };
  for (const candidate of candidates) {
    add(candidate.answerAt(atMs, candidate.capacityLow));
    add(candidate.answerAt(atMs, Math.min(candidate.capacityHigh, candidate.capacityLow + 1)));
  }
  let bits = 0;
  for (const count of counts.values()) {
    const share = count / candidates.length;
    bits -= share * Math.log2(share);
  }
  return bits;
}

/** At most `most` of a list, evenly spread. */
export function thinned<T>(list: readonly T[], most: number): readonly T[] {
  if (list.length <= most) return list;
  return Array.from({ length: most }, (_, at) => list[Math.floor((at * list.length) / most)] as T);
}
