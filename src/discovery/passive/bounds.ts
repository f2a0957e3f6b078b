/**
 * What a stretch of traffic allows, by family of counting: how much must fit (it was admitted), how much cannot (it was rejected). Times are known to a slack
 * only, and a window or rate is tried as a range, so that every bound holds for all that the traffic may have been: a family is dead when what must fit
 * is more than what can.
 *
 *     decided somewhere in [sent, sent + slack]
 *     in a window, surely:     |<-- shorter than window - slack -->|
 *     in a window, perhaps:  |<--------- window + 2 slack -------->|
 *
 * Nobody else's requests are seen. A rejection within one window of the record's beginning may be due to what came before, and tells nothing.
 */

/** The requests of one bucket, in the order of sending. */
export interface Stretch {
  readonly sentMs: Float64Array;
  readonly answeredMs: Float64Array;
  /** 0 admitted, 1 rejected, 2 unknown: it may have charged. */
  readonly outcomes: Uint8Array;
}

/** Families that traffic can tell apart at all. `fixed-window`: with windows that begin anywhere. */
export type PassiveFamily =
  | 'fixed-window'
  | 'sliding-window-log'
  | 'sliding-window-log all'
  | 'sliding-window-counter'
  | 'token-bucket'
  | 'concurrency';

/** Capacities that a range of windows (ms) or rates (per ms) allows, both inclusive; `high` Infinity: no rejection bounds it. */
export interface Allowed {
  readonly low: number;
  readonly high: number;
}

/** What all buckets together allow; null: nothing. */
export function allowedBy(
  family: PassiveFamily,
  stretches: readonly Stretch[],
  slackMs: number,
  startMs: number,
  [from, to]: readonly [number, number],
): Allowed | null {
  let [low, high] = [1, Number.POSITIVE_INFINITY];
  for (const stretch of stretches) {
    const bounds = BOUNDS[family](stretch, slackMs, startMs, from, to);
    low = Math.max(low, bounds.low);
    high = Math.min(high, bounds.high);
    if (low > high) return null;
  }
  return { low, high };
}

type Bounds = (stretch: Stretch, slackMs: number, startMs: number, from: number, to: number) => Allowed;

const BOUNDS: Readonly<Record<PassiveFamily, Bounds>> = {
  'sliding-window-log': (stretch, slackMs, startMs, from, to) => ({
    low: mostWithin(stretch, from - slackMs),
    high: fewestBefore(stretch, slackMs, startMs, to, false),
  }),
  'sliding-window-log all': (stretch, slackMs, startMs, from, to) => ({
    low: mostBeforeAdmitted(stretch, slackMs, from),
    high: fewestBefore(stretch, slackMs, startMs, to, true),
  }),
  // Whatever is shorter than m windows lies in m + 1 of them at most.
  'fixed-window': (stretch, slackMs, startMs, from, to) => ({
    low: Math.max(...[1, 2, 4, 8].map((m) => Math.ceil(mostWithin(stretch, m * from - slackMs) / (m + 1)))),
    high: Math.min(fewestBefore(stretch, slackMs, startMs, to, false), fewestSinceRejection(stretch, slackMs)),
  }),
  // What is estimated is at least half of what lies in the last window, and at most all that lies in two.
  'sliding-window-counter': (stretch, slackMs, startMs, from, to) => ({
    low: Math.ceil(mostWithin(stretch, from - slackMs) / 2),
    high: fewestBefore(stretch, slackMs, startMs, to * 2, false),
  }),
  'token-bucket': (stretch, slackMs, startMs, from, to) =>
    refillsInTime(stretch, slackMs, to)
      ? {
          low: Math.max(1, Math.ceil(mostMissing(stretch, to) - to * slackMs - 1e-6)),
          high: leastMissing(stretch, slackMs, startMs, from),
        }
      : { low: 1, high: 0 },
  concurrency: (stretch, slackMs) => inService(stretch, slackMs),
};

/** Most admitted requests that were sent within less than `spanMs`. */
export function mostWithin({ sentMs, outcomes }: Stretch, spanMs: number): number {
  if (spanMs <= 0) return 1;
  let [from, count, most] = [0, 0, 1];
  for (let at = 0; at < sentMs.length; at++) {
    if (outcomes[at] !== 0) continue;
    count += 1;
    while ((sentMs[at] as number) - (sentMs[from] as number) >= spanMs) if (outcomes[from++] === 0) count -= 1;
    if (count > most) most = count;
  }
  return most;
}

/** Where rejected requests count too: most that surely counted when one was admitted, itself included. */
function mostBeforeAdmitted({ sentMs, outcomes }: Stretch, slackMs: number, windowMs: number): number {
  let [from, to, count, most] = [0, 0, 0, 1];
  for (let at = 0; at < sentMs.length; at++) {
    if (outcomes[at] !== 0) continue;
    const nowMs = sentMs[at] as number;
    for (; to < at && (sentMs[to] as number) + slackMs <= nowMs; to++) if (outcomes[to] !== 2) count += 1;
    for (; from < to && (sentMs[from] as number) <= nowMs + slackMs - windowMs; from++)
      if (outcomes[from] !== 2) count -= 1;
    if (count + 1 > most) most = count + 1;
  }
  return most;
}

/** Fewest charges that may have stood when one was rejected: no more than these fit. */
function fewestBefore(
  { sentMs, outcomes }: Stretch,
  slackMs: number,
  startMs: number,
  windowMs: number,
  all: boolean,
): number {
  let [from, to, count] = [0, 0, 0];
  let fewest = Number.POSITIVE_INFINITY;
  for (let at = 0; at < sentMs.length; at++) {
    if (outcomes[at] !== 1) continue;
    const nowMs = sentMs[at] as number;
    for (; to < sentMs.length && (sentMs[to] as number) <= nowMs + slackMs; to++)
      if (all || outcomes[to] !== 1) count += 1;
    for (; from < to && (sentMs[from] as number) < nowMs - slackMs - windowMs; from++)
      if (all || outcomes[from] !== 1) count -= 1;
    if (nowMs - slackMs - windowMs < startMs) continue;
    // The rejected request itself is not before itself.
    fewest = Math.min(fewest, all ? count - 1 : count);
  }
  return fewest;
}

/** A fixed window that has rejected admits nothing more: what filled the window of a later rejection came after the earlier one. */
function fewestSinceRejection({ sentMs, outcomes }: Stretch, slackMs: number): number {
  let fewest = Number.POSITIVE_INFINITY;
  let rejectedMs = Number.NEGATIVE_INFINITY;
  /** The latest rejection that an admission surely followed, and the first such admission; NaN: none that waits for its next rejection. */
  let [sinceMs, admittedMs] = [Number.NaN, Number.NaN];
  for (let at = 0; at < sentMs.length; at++) {
    const nowMs = sentMs[at] as number;
    if (outcomes[at] === 0 && nowMs > rejectedMs + slackMs && Number.isNaN(sinceMs) && rejectedMs > -Infinity)
      [sinceMs, admittedMs] = [rejectedMs, nowMs];
    if (outcomes[at] !== 1) continue;
    if (nowMs > admittedMs + slackMs) {
      const count = chargedIn({ sentMs, outcomes }, at, sinceMs - slackMs, nowMs + slackMs, fewest);
      fewest = Math.min(fewest, Math.max(1, count));
    }
    rejectedMs = nowMs;
    sinceMs = Number.NaN;
    admittedMs = Number.NaN;
  }
  return fewest;
}

/** Charges that may have been made between two times around index `at`; stops counting at `enough`. */
function chargedIn(
  { sentMs, outcomes }: Pick<Stretch, 'sentMs' | 'outcomes'>,
  at: number,
  fromMs: number,
  toMs: number,
  enough: number,
): number {
  let count = 0;
  for (let back = at - 1; back >= 0 && (sentMs[back] as number) >= fromMs && count < enough; back--)
    if (outcomes[back] !== 1) count += 1;
  for (let on = at + 1; on < sentMs.length && (sentMs[on] as number) <= toMs && count < enough; on++)
    if (outcomes[on] !== 1) count += 1;
  return count;
}

/** Most tokens that must have been missing after an admission, at `perMs`. */
function mostMissing({ sentMs, outcomes }: Stretch, perMs: number): number {
  let [missing, lastMs, most] = [0, Number.NEGATIVE_INFINITY, 1];
  for (let at = 0; at < sentMs.length; at++) {
    if (outcomes[at] !== 0) continue;
    const nowMs = sentMs[at] as number;
    missing = Math.max(0, missing - (nowMs - lastMs) * perMs) + 1;
    lastMs = nowMs;
    if (missing > most) most = missing;
  }
  return most;
}

/** A rejection leaves less than one token: what was admitted after it must have flowed in since, whatever was there at the beginning. */
function refillsInTime({ sentMs, outcomes }: Stretch, slackMs: number, perMs: number): boolean {
  let [admitted, until, later] = [0, 0, 0];
  /** Of all rejections so far, the one that leaves least: what was admitted by then, less what had flowed in. */
  let least = Number.POSITIVE_INFINITY;
  for (let at = 0; at < sentMs.length; at++) {
    const nowMs = sentMs[at] as number;
    if (outcomes[at] === 0) {
      admitted += 1;
      if (admitted - (nowMs + slackMs) * perMs - least >= 1 + 1e-6) return false;
    } else if (outcomes[at] === 1) {
      for (; until < sentMs.length && (sentMs[until] as number) <= nowMs + slackMs; until++)
        if (outcomes[until] === 0) later += 1;
      least = Math.min(least, later - nowMs * perMs);
    }
  }
  return true;
}

/** Largest whole capacity that leaves every rejection less than one token, at `perMs`. */
function leastMissing({ sentMs, outcomes }: Stretch, slackMs: number, startMs: number, perMs: number): number {
  let [missing, lastMs, charged, to] = [0, Number.NEGATIVE_INFINITY, 0, 0];
  /** Admissions so far beyond what flowed in: so much was there at the beginning. */
  let [admitted, ahead] = [0, 0];
  let fewest = Number.POSITIVE_INFINITY;
  for (let at = 0; at < sentMs.length; at++) {
    if (outcomes[at] !== 1) continue;
    const nowMs = (sentMs[at] as number) + slackMs;
    for (; to < sentMs.length && (sentMs[to] as number) <= nowMs; to++) {
      if (outcomes[to] === 1) continue;
      missing = Math.max(0, missing - ((sentMs[to] as number) - lastMs) * perMs) + 1;
      lastMs = sentMs[to] as number;
      charged += 1;
      if (outcomes[to] !== 0 || to >= at) continue;
      admitted += 1;
      ahead = Math.max(ahead, admitted - ((sentMs[to] as number) + slackMs - startMs) * perMs);
    }
    // As long as what it lacked at the beginning may still be lacking, a rejection tells nothing.
    if (charged + 1 - (nowMs - 3 * slackMs - startMs) * perMs > ahead + 1e-9) continue;
    const most = Math.max(0, missing - (nowMs - lastMs) * perMs) + 2 * slackMs * perMs;
    fewest = Math.min(fewest, Math.max(1, Math.ceil(most + 1) - 1));
  }
  return fewest;
}

/** Requests in service: as many as surely were at once; at a rejection, no more than may have been. */
function inService({ sentMs, answeredMs, outcomes }: Stretch, slackMs: number): Allowed {
  const order = (times: Float64Array, of: (outcome: number) => boolean) =>
    times.filter((_, at) => of(outcomes[at] as number)).toSorted();
  const admitted = (outcome: number) => outcome === 0;
  const perhaps = (outcome: number) => outcome !== 1;
  const [starts, ends] = [order(sentMs, admitted), order(answeredMs, admitted)];
  let [low, ended] = [1, 0];
  for (let at = 0; at < starts.length; at++) {
    const nowMs = (starts[at] as number) + slackMs;
    while (ended < ends.length && (ends[ended] as number) <= nowMs + slackMs) ended += 1;
    low = Math.max(low, at + 1 - ended);
  }
  const [startsAll, endsAll] = [order(sentMs, perhaps), order(answeredMs, perhaps)];
  let [high, begun, over] = [Number.POSITIVE_INFINITY, 0, 0];
  for (let at = 0; at < sentMs.length; at++) {
    if (outcomes[at] !== 1) continue;
    const nowMs = sentMs[at] as number;
    while (begun < startsAll.length && (startsAll[begun] as number) <= nowMs + slackMs) begun += 1;
    while (over < endsAll.length && (endsAll[over] as number) < nowMs - slackMs) over += 1;
    high = Math.min(high, begun - over);
  }
  return { low, high };
}
