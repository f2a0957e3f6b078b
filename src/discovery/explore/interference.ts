/** Saturates one bucket and asks as others: who finds it exhausted shares it. */
import type { Point } from '../black-box.ts';
import type { ProbeEvent } from '../record.ts';
import { type Asked, askApart } from './asking-apart.ts';
import { askLate } from './asking-late.ts';
import { type Exploration, type Interference, samePoint } from './exploration.ts';

/** Probes of a point of another route: a cheaper one may still fit into what a dearer one left over. */
const TRIES_OTHER_ROUTE = 8;
const ROUNDS_MAX = 24;
const FILL_MAX = 8192;
/** In which any window has ended, ms. */
export const REST_MS = 3_700_000;
/** Where time is real: most of them. */
const REST_REAL_MS = 120_000;
/** So often that chance does not answer all of them by unrelated errors. */
const ASKED_AGAIN = 5;

/** Who shares the bucket that rejects the fillers now (or would after filling). */
export interface Sharing {
  readonly base: Point;
  readonly matrix: readonly Interference[];
  /** Identities that share it on the base's route; the base among them. */
  readonly identities: readonly number[];
  readonly separateIdentities: readonly number[];
  /** Routes that share it as the base's identity; the base's among them. */
  readonly routes: readonly number[];
  readonly separateRoutes: readonly number[];
  readonly unclear: readonly Point[];
}

/**
 * Asks every other identity on the base's route and every other route as the base's identity. Base: the point that event `event` rejected.
 * `fillers`: points that can fill the bucket.
 */
export async function interfere(exploration: Exploration, fillers: readonly Point[], event: number): Promise<Sharing> {
  const { identity: baseIdentity, route: baseRoute } = exploration.prober.events[event] as ProbeEvent;
  const base: Point = { identity: baseIdentity, route: baseRoute };
  const { box } = exploration;
  const asked: Asked[] = [
    ...box.identities.map((_, identity) => ({ identity, route: base.route })),
    ...box.routes.map((_, route) => ({ identity: base.identity, route })),
  ]
    .filter((point) => !samePoint(point, base))
    .map((point) => ({ point, admitted: 0, outcome: 'unclear', mixed: false }));
  if (exploration.isBlurred) await askApart(exploration, fillers, asked, base);
  else if (exploration.isLagging) await askLate(exploration, asked, base, passedAtOnce(exploration, event));
  else {
    judgeBatch(exploration, asked, base, ...instantOf(exploration, event));
    await askInRounds(exploration, fillers, asked, base);
    const mixed = asked.filter((one) => one.mixed);
    for (const one of mixed) await askBackwards(exploration, one, base);
  }
  const matrix = asked.map(({ point, outcome }) => ({ exhausted: base, probed: point, outcome }));
  const by = (outcome: Asked['outcome'], sameRoute: boolean) =>
    asked.filter((one) => one.outcome === outcome && (one.point.route === base.route) === sameRoute);
  return {
    base,
    matrix,
    identities: [base.identity, ...by('shared', true).map(({ point }) => point.identity)].sort((a, b) => a - b),
    separateIdentities: by('separate', true).map(({ point }) => point.identity),
    routes: [base.route, ...by('shared', false).map(({ point }) => point.route)].sort((a, b) => a - b),
    separateRoutes: by('separate', false).map(({ point }) => point.route),
    unclear: asked.filter(({ outcome }) => outcome === 'unclear').map(({ point }) => point),
  };
}

/** How many requests of the event's route passed before it, since the last that was rejected. */
function passedAtOnce({ prober: { events } }: Exploration, event: number): number {
  let passed = 0;
  for (let at = event - 1; at >= 0; at--) {
    const one = events[at] as ProbeEvent;
    if (one.route !== events[event]?.route) continue;
    if (one.outcome === 'rejected') break;
    if (one.outcome === 'admitted') passed += 1;
  }
  return passed;
}

async function askInRounds(
  exploration: Exploration,
  fillers: readonly Point[],
  asked: readonly Asked[],
  base: Point,
): Promise<void> {
  const { prober, known } = exploration;
  let fill = 0;
  let filled = 0;
  for (let round = 0; round < ROUNDS_MAX; round++) {
    const open = asked.filter(({ outcome, mixed }) => outcome === 'unclear' && !mixed);
    if (open.length === 0) return;
    const nowMs = prober.nowMs;
    // Where errors answer some probes, the base is asked more than once.
    const asBase = Array.from({ length: prober.losesSome ? ASKED_AGAIN : 1 }, () => base);
    const filling = [...known.fitting(fillers, nowMs, fill), ...asBase];
    // Where a known limit counts rejections, whatever fills in vain uses it up as well.
    const prefix = chargesRejections(exploration, base) ? filling : [];
    const questions = fittingQuestions(exploration, prefix, open, base, nowMs);
    if (questions.length === 0 && prefix.length > 1 && round % 2 === 1) {
      fill = 0;
      continue;
    }
    if (questions.length === 0) {
      // The base has room no sooner than the fillers need; whoever is asked needs room, and the base beside it.
      const nextMs = Math.max(
        known.nextFitMs(base, nowMs + 1),
        Math.min(...open.map(({ point }) => known.nextFitMs(point, nowMs + 1))),
      );
      if (!Number.isFinite(nextMs)) return;
      await prober.waitUntil(nextMs);
      continue;
    }
    const from = prober.events.length;
    await prober.sendMany([...filling, ...questions.flat(), ...asBase]);
    filled += filling.length;
    judgeBatch(exploration, asked, base, from);
    const unexplained = known.unexplained.slice(-(prober.events.length - from));
    const full = new Set(unexplained);
    const isFull = (after: number) => asBase.some((_, at) => full.has(after - at - 1));
    const isSaturated = isFull(from + filling.length) && isFull(prober.events.length);
    if (isSaturated) continue;
    if (filled >= FILL_MAX) return;
    fill = Math.min(Math.max(4, fill * 2), FILL_MAX - filled);
  }
}

/** Index of the first event that was sent at the same time, and of the first after those. */
function instantOf({ prober: { events } }: Exploration, event: number): [from: number, to: number] {
  let from = event;
  let to = event + 1;
  while (from > 0 && events[from - 1]?.sentMs === events[event]?.sentMs) from -= 1;
  while (to < events.length && events[to]?.sentMs === events[event]?.sentMs) to += 1;
  return [from, to];
}

/** Judges what was asked between two rejections of the base in the events from `from` on, before `to` (one instant). */
function judgeBatch(
  { prober, known }: Exploration,
  asked: readonly Asked[],
  base: Point,
  from: number,
  to = prober.events.length,
): void {
  const unexplained = new Set(known.unexplained.filter((index) => index >= from && index < to));
  const ofBase = [...unexplained].filter((index) => samePoint(prober.events[index] as ProbeEvent, base));
  const [first = 0] = ofBase;
  const last = ofBase.at(-1) ?? 0;
  for (const one of asked) {
    if (one.outcome !== 'unclear' || one.mixed) continue;
    const answers: { event: ProbeEvent; index: number }[] = [];
    for (let index = first + 1; index < last; index++) {
      const event = prober.events[index] as ProbeEvent;
      if (samePoint(event, one.point)) answers.push({ event, index });
    }
    judge(one, answers, unexplained, one.point.route === base.route ? 1 : TRIES_OTHER_ROUTE);
  }
}

function chargesRejections({ known }: Exploration, { route }: Point): boolean {
  return known.limits.some(({ costs, hypothesis: { counts } }) => counts === 'all' && (costs.get(route) ?? 0) > 0);
}

/** The questions that the known limits leave room for at once, with room for the base after them. */
function fittingQuestions(
  { known }: Exploration,
  prefix: readonly Point[],
  open: readonly Asked[],
  base: Point,
  atMs: number,
): (readonly Point[])[] {
  const chosen: Point[][] = [];
  for (const { point } of open) {
    const tries = point.route === base.route ? 1 : TRIES_OTHER_ROUTE;
    const question = Array.from({ length: tries }, () => point);
    const passes = known.passing([...prefix, ...chosen.flat(), ...question, base], atMs);
    if (passes.every(Boolean)) chosen.push(question);
    else if (tries > 1 && known.passing([...prefix, ...chosen.flat(), point, base], atMs).every(Boolean))
      chosen.push([point]);
  }
  return chosen;
}

function judge(
  one: Asked,
  answers: readonly { readonly event: ProbeEvent; readonly index: number }[],
  unexplained: ReadonlySet<number>,
  enough: number,
): void {
  const admitted = answers.filter(({ event }) => event.outcome === 'admitted').length;
  const rejected = answers.filter(({ event, index }) => event.outcome === 'rejected' && unexplained.has(index)).length;
  if (admitted + rejected === 0) return;
  one.admitted += admitted;
  if (one.admitted === 0) one.outcome = 'shared';
  else if (rejected > 0) one.mixed = true;
  else if (one.admitted >= enough) one.outcome = 'separate';
}

/** Fills through the other one, and asks as the base: what left no room for a cheaper one leaves none for a dearer one. */
async function askBackwards(exploration: Exploration, one: Asked, base: Point): Promise<void> {
  const { prober, known } = exploration;
  let fill = 4;
  let isRested = false;
  for (let filled = 0, round = 0; filled < FILL_MAX && round < ROUNDS_MAX; round++) {
    const nowMs = prober.nowMs;
    const filling = known.fitting([one.point], nowMs, fill);
    if (filling.length === 0 || known.room(base, nowMs, 1) < 1) {
      const nextMs = Math.max(known.nextFitMs(one.point, nowMs + 1), known.nextFitMs(base, nowMs + 1));
      if (!Number.isFinite(nextMs)) return;
      await prober.waitUntil(nextMs);
      continue;
    }
    const from = prober.events.length;
    await prober.sendMany([...filling, base, one.point]);
    // A Retry-After was obeyed in between: what was exhausted is not any more, and nothing was seen.
    if (prober.wasHeld(from)) return;
    const events = prober.events.slice(from);
    const unexplained = new Set(known.unexplained.slice(-events.length));
    const full = (at: number) => unexplained.has(from + at);
    filled += filling.length;
    // What an unrelated error answered is asked again.
    if (events.slice(filling.length - 1).some(({ outcome }) => outcome === 'unknown')) continue;
    if (full(filling.length - 1) && full(events.length - 1)) {
      // The base may be full for its own sake still.
      if (full(filling.length) && !isRested) {
        isRested = true;
        await prober.waitUntil(prober.nowMs + (exploration.isReal ? REST_REAL_MS : REST_MS));
        fill = 4;
        filled = 0;
        continue;
      }
      one.outcome = full(filling.length) ? 'shared' : 'separate';
      one.mixed = false;
      return;
    }
    fill *= 2;
  }
}
