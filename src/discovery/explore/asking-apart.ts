/**
 * Who shares a bucket, asked where it is not known in which order probes of one instant arrive: the bucket is filled from rest first, and the
 * others are asked in the next instant, beside some more that fill it. Who is rejected shares it; who passes time and again while those are rejected does not.
 */
import { IDLE_AFTER_MS } from '../idle.ts';
import type { Point } from '../black-box.ts';
import type { ProbeEvent } from '../record.ts';
import { type Exploration, type Interference, samePoint } from './exploration.ts';

/** What is known of one probed point so far. */
export interface Asked {
  readonly point: Point;
  admitted: number;
  outcome: Interference['outcome'];
  /** Some passed before one was rejected: cheaper, or a limit of its own. */
  mixed: boolean;
}

const ROUNDS_MAX = 8;
const FILL_MAX = 8192;
const FIRST_CHUNK = 8;
/** Probes that go on filling while others are asked; more of them where some still pass. */
const BESIDE = 10;
const BESIDE_MAX = 160;
/** Where even then most pass, all is asked at one instant from rest, many times what passed. */
const TIMES_AT_ONCE = 5;
const AT_ONCE_MAX = 3000;
/** Who shares the bucket passes so often by accident only once in so many times. */
const ODDS = 60;
/** Another route may be so much cheaper that it fits into what is left over. */
const CHEAPER_MAX = 24;
/** Where that is asked from rest: at least so many of it, and so many times what fits. */
const BACKWARDS_MIN = 288;
const BACKWARDS_TIMES = 2;
/** Of what fits from rest, at least so much is missing where the other route shares the bucket and filled it. */
const MISSING = 1 / 24;

/** Settles the outcomes of `asked`, as far as they can be. */
export async function askApart(
  exploration: Exploration,
  fillers: readonly Point[],
  asked: readonly Asked[],
  base: Point,
): Promise<void> {
  const logOdds = new Map<Asked, number>();
  const passedOnce = new Set<Asked>();
  let beside = BESIDE;
  let isAtOnce = false;
  let fits = 0;
  let refilled = 0;
  for (let round = 0; round < ROUNDS_MAX; round++) {
    const open = asked.filter(({ outcome, mixed }) => outcome === 'unclear' && !mixed);
    if (open.length === 0) break;
    await rest(exploration);
    if (!isAtOnce) {
      const passed = await fill(exploration, fillers, base, fits);
      if (passed === null) break;
      fits = Math.max(fits, passed);
    }
    // What passed into what a dearer one left over passes more often than fits there, or not.
    const cheaper = CHEAPER_MAX * (refilled + 2);
    const isShort = cheaper <= BACKWARDS_TIMES * fits;
    const manyOf = (one: Asked) => (passedOnce.has(one) && one.point.route !== base.route && isShort ? cheaper : 1);
    const answers = await askBeside(exploration, open, base, { fits: Math.max(1, fits), beside, manyOf });
    const { basePassed, baseAsked } = answers;
    const free = (basePassed + 1) / (baseAsked + 2);
    for (const [one, { admitted, rejected }] of answers.outcomes) {
      if (admitted === 0) {
        one.outcome = one.admitted === 0 || one.point.route === base.route ? 'shared' : 'unclear';
        one.mixed = one.outcome === 'unclear';
        continue;
      }
      one.admitted += admitted;
      passedOnce.add(one);
      if (rejected > 0) one.mixed = true;
      else if (admitted >= CHEAPER_MAX * (basePassed + 1) && baseAsked > basePassed) one.outcome = 'separate';
      const sum = (logOdds.get(one) ?? 0) - Math.log(free);
      logOdds.set(one, sum);
      if (sum < Math.log(ODDS) || one.outcome !== 'unclear') continue;
      if (one.point.route === base.route) one.outcome = 'separate';
      else if (!isShort) one.mixed = true;
    }
    refilled = basePassed;
    if (!isAtOnce && round > 0 && basePassed > baseAsked / 2) {
      isAtOnce = true;
      beside = Math.min(AT_ONCE_MAX, TIMES_AT_ONCE * basePassed);
    } else if (!isAtOnce) beside = Math.min(BESIDE_MAX, Math.max(beside, 4 * basePassed + BESIDE));
  }
  for (const one of asked) {
    if (one.mixed || (one.outcome === 'unclear' && passedOnce.has(one) && one.point.route !== base.route))
      await askFromRest(exploration, one, base, fits);
  }
}

async function rest({ prober }: Exploration): Promise<void> {
  await prober.waitUntil(prober.nowMs + IDLE_AFTER_MS);
}

/** Fills the bucket until the base is rejected; gives how many passed, null: it is not to be filled. `guess`: what is likely to fit, 0: no idea. */
async function fill(
  exploration: Exploration,
  fillers: readonly Point[],
  base: Point,
  guess: number,
): Promise<number | null> {
  const { prober, known } = exploration;
  const routes = fillers.filter(({ route }) => route === base.route);
  let passed = 0;
  const growth = guess > 0 ? 0.1 : 0.4;
  for (let sent = 0, chunk = guess > 0 ? guess + 2 : FIRST_CHUNK; sent < FILL_MAX;) {
    const points = known.fitting([base, ...routes.filter((point) => !samePoint(point, base))], prober.nowMs, chunk);
    if (points.length === 0) {
      const nextMs = known.nextFitMs(base, prober.nowMs + 1);
      if (!Number.isFinite(nextMs)) return null;
      await prober.waitUntil(nextMs);
      sent += 1;
      continue;
    }
    const from = prober.events.length;
    const answers = await prober.sendMany(points);
    sent += points.length;
    passed += answers.filter(({ outcome }) => outcome === 'admitted').length;
    chunk = Math.max(FIRST_CHUNK, Math.ceil(sent * growth));
    if (known.unexplained.some((index) => index >= from && isOf(prober.events[index], base))) return passed;
  }
  return null;
}

interface Answers {
  readonly basePassed: number;
  readonly baseAsked: number;
  readonly outcomes: ReadonlyMap<Asked, { admitted: number; rejected: number }>;
}

/** Asks them, no more than fit a bucket of the same size, since they may share another one; and fills on at the same time. */
async function askBeside(
  { prober, known }: Exploration,
  open: readonly Asked[],
  base: Point,
  { fits, beside, manyOf }: { readonly fits: number; readonly beside: number; readonly manyOf: (one: Asked) => number },
): Promise<Answers> {
  const chosen = [...open].sort((one, other) => one.admitted - other.admitted).slice(0, Math.max(1, fits));
  const asked = chosen.flatMap((one) => Array.from({ length: manyOf(one) }, () => one.point));
  const all = [...asked, ...Array.from({ length: beside }, () => base)];
  const passes = known.passing(all, prober.nowMs);
  const sent = all.filter((_, at) => passes[at] === true);
  const from = prober.events.length;
  await prober.sendMany(sent);
  const unexplained = new Set(known.unexplained.filter((index) => index >= from));
  const outcomes = new Map<Asked, { admitted: number; rejected: number }>();
  let [basePassed, baseAsked] = [0, 0];
  for (const [at, event] of prober.events.slice(from).entries()) {
    const isRejected = event.outcome === 'rejected' && unexplained.has(from + at);
    if (event.outcome !== 'admitted' && !isRejected) continue;
    const one = chosen.find(({ point }) => samePoint(point, event));
    if (one !== undefined) {
      const tally = outcomes.get(one) ?? { admitted: 0, rejected: 0 };
      tally[isRejected ? 'rejected' : 'admitted'] += 1;
      outcomes.set(one, tally);
    } else {
      baseAsked += 1;
      basePassed += isRejected ? 0 : 1;
    }
  }
  return { basePassed, baseAsked, outcomes };
}

/** Fills through the other route from rest, and looks how much then is missing for the base. */
async function askFromRest(exploration: Exploration, one: Asked, base: Point, fits: number): Promise<void> {
  const { prober, known } = exploration;
  await rest(exploration);
  const most = Math.max(Math.min(CHEAPER_MAX * fits, BACKWARDS_MIN), BACKWARDS_TIMES * fits);
  for (let sent = 0, passed = 0; passed < most && sent < FILL_MAX;) {
    const points = known.fitting([one.point], prober.nowMs, Math.min(most - passed, Math.max(fits, sent) + 2));
    if (points.length === 0) break;
    const from = prober.events.length;
    const answers = await prober.sendMany(points);
    sent += points.length;
    passed += answers.filter(({ outcome }) => outcome === 'admitted').length;
    if (known.unexplained.some((index) => index >= from)) break;
  }
  const points = known.fitting([base], prober.nowMs, fits + 2);
  // Another limit leaves too little room to see it.
  if (points.length < fits) return;
  const answers = await prober.sendMany(points);
  const passed = answers.filter(({ outcome }) => outcome === 'admitted').length;
  one.mixed = false;
  one.outcome = passed <= fits * (1 - MISSING) ? 'shared' : 'separate';
}

function isOf(event: ProbeEvent | undefined, point: Point): boolean {
  return event !== undefined && samePoint(event, point);
}
