/**
 * Whether limits count the requests that they reject, read off the whole record once all limits are known: what one rejects may charge another, and
 * that shows later as an admission that was impossible, or as a rejection without a reason.
 */
import type { Identity } from '../black-box.ts';
import type { Hypothesis } from '../hypothesis.ts';
import { type KnownLimit, KnownLimits } from '../known-limits.ts';
import type { ProbeEvent } from '../record.ts';

type Counts = Hypothesis['counts'];

/** With more limits that are open, nothing is said: each doubles the work. */
const OPEN_MAX = 4;

/** By index of `open` limits: what all readings agree on that explain the record without a fault. Nothing where they do not. */
export function countsByRecord(
  limits: readonly KnownLimit[],
  open: readonly number[],
  identities: readonly Identity[],
  events: readonly ProbeEvent[],
): ReadonlyMap<number, Counts> {
  if (open.length === 0 || open.length > OPEN_MAX) return new Map();
  let readings: readonly ReadonlyMap<number, Counts>[] = [new Map()];
  for (const at of open) {
    readings = readings.flatMap((reading) => [
      new Map([...reading, [at, 'admitted']]),
      new Map([...reading, [at, 'all']]),
    ]);
  }
  const left = readings.filter((reading) => {
    const supposed = limits.map((limit, at) => counting(limit, reading.get(at)));
    const known = new KnownLimits(supposed, identities, events);
    return known.unexplained.length === 0 && known.contradicted.length === 0;
  });
  const agreed = open.flatMap((at): [number, Counts][] => {
    const said = new Set(left.flatMap((reading) => reading.get(at) ?? []));
    const [only] = said;
    return only !== undefined && said.size === 1 ? [[at, only]] : [];
  });
  return new Map(agreed);
}

/** A limit, in all its readings, that counts so. */
export function counting(limit: KnownLimit, counts: Counts | undefined): KnownLimit {
  if (counts === undefined) return limit;
  const { hypothesis, tightest, loosest } = limit;
  return {
    ...limit,
    hypothesis: { ...hypothesis, counts },
    ...(tightest === undefined ? {} : { tightest: { ...tightest, counts } }),
    ...(loosest === undefined ? {} : { loosest: { ...loosest, counts } }),
  };
}
