/**
 * Identifies one limit that others use as well. What others do cannot be predicted, but they only ever take: so experiments are chosen in which families
 * differ grossly, each from rest on and repeated, and the families are ranked by how far they are off. An answer is given where one is clearly nearest.
 */
import type { Hypothesis } from '../hypothesis.ts';
import { blurMsOf } from '../noise/noise.ts';
import type { Identified, Stream } from '../stream.ts';
import { answerOf, heldOf } from './answer.ts';
import { fitRounds, type RoundFit } from './fit-rounds.ts';
import { Hands, type Round } from './hands.ts';
import { type Lattice, latticeOf } from './lattice.ts';
import { followWindows } from './sharp-windows.ts';
import { bursts, type Extent, extentOf, isHeld, passesMore, sharpRound, silentRound, watchedRound } from './rounds.ts';

/** Options of {@link identifyBesideOthers}. */
export interface BesideOthersOptions {
  /** Most probes of one volley. */
  readonly burst: number;
  /** The longest recovery waited for. */
  readonly horizonMs: number;
  /** What is believed to fit at once. */
  readonly sizeHint: number;
}

/** Bursts from rest, and of how many of them the most is believed to be all that fits. */
const BURSTS = 5;
const SURE_BURSTS = 3;
/** Rounds: which part of the size is sent early, and which is sent in vain while nothing fits. */
const PARTS = [
  { part: 0.4, vain: 0 },
  { part: 0.55, vain: 0.7 },
  { part: 0.3, vain: 0 },
] as const;
/** More of them where no family is clearly nearest. */
const MORE_PARTS = [
  { part: 0.45, vain: 0.7 },
  { part: 0.35, vain: 0 },
  { part: 0.5, vain: 0 },
] as const;
const SILENCES = [
  [0.3, 0.9, 0.5],
  [0.55, 0.8, 0.4],
  [0.75, 0.5, 0.9],
  [0.2, 0.35, 0.6],
] as const;
/** Close looks while one request is due, and for how many of them it is looked. */
const CLOSE_LOOKS = 48;
const CLOSE_REQUESTS = 18;
const CLOSE_MS = 12;
/** Beside uncertain times a request has to be due so much longer than they are uncertain. */
const CLOSE_BLURS = 4;
/** Looks at what comes while it is asked for all the time. */
const SHAKEN_LOOKS = 240;
/** Over so many steps of a bucket at least, if there are any: others hardly take all of two of them. */
const LOOKED_STEPS = 2.5;
/** What is off by no more than so many times as much as the nearest may be it. */
const AS_NEAR = 1.2;
/** Between two looks there may be so many times what is due. */
const MOST_DUE = 3;
/** Where less is given than this share of what was believed to fit, it was not at rest. */
const NOT_RESTED = 0.4;
/** Of what would fill a limit in that time, so much at least comes. */
const SLOWEST = 0.2;
/** What fits over the window, requests per ms, of which others use a fifth at most: in twenty ms or more one of them comes. */
const SELDOM_PER_MS = 0.25;
/** How far off a window may be before each sharp round. */
const SHARES = [0.14, 0.04, 0.02] as const;

/** See the head of this file. */
export async function identifyBesideOthers(
  { prober, points }: Stream,
  options: BesideOthersOptions,
): Promise<Identified> {
  const hands = new Hands(prober, points, options.burst, blurMsOf(prober.events));
  const identified = await identifyBy(hands, options);
  // The record is whole again for whoever reads it next.
  await hands.finished();
  return identified;
}

async function identifyBy(
  hands: Hands,
  { horizonMs, sizeHint }: Pick<BesideOthersOptions, 'horizonMs' | 'sizeHint'>,
): Promise<Identified> {
  let first = await hands.take(sizeHint);
  if (first.full && first.admitted < NOT_RESTED * sizeHint) {
    // A long window had not ended.
    await hands.waitUntil(hands.nowMs + horizonMs);
    first = await hands.take(sizeHint);
  }
  if (!first.full) return { kind: 'none', looked: { requests: hands.spent, overMs: 0 } };
  const concurrency = await isHeld(hands, first.admitted);
  if (concurrency.held) return heldOf(concurrency.most);
  const extent = await extentOf(hands, first.admitted, horizonMs);
  if (extent === null) {
    return { kind: 'ambiguous', candidates: [], reason: 'beside others it did not recover in the time there is' };
  }
  const passed = await bursts(hands, extent, BURSTS);
  const size = hands.mostAtOnce;
  // Others take now this and now that much: what is the most several times is all.
  const isSure = hands.blurMs === 0 && passed.filter((one) => one === size).length >= SURE_BURSTS;
  if (hands.blurMs > 0 && (await passesMore(hands, size, extent.spanMs))) {
    return {
      kind: 'ambiguous',
      candidates: [],
      reason: 'the more is sent at once, the more passes: charges may be seen late',
    };
  }
  const known = { ...extent, size };
  const rounds: Round[] = [];
  for (const { part, vain } of PARTS) rounds.push(await watchedRound(hands, known, part, vain));
  let fits = ranked(rounds, known);
  const watched = rounds.map((round) => round.slice(2).reduce((sum, { admitted }) => sum + admitted, 0));
  // Where nothing passes while it is asked for all the time, asking is what charges.
  const isStarved = watched.every((given) => given < 0.3 * size);
  const lattice = isSmooth(fits[0]) && !isStarved ? await shaken(hands, fits[0], stepMsOf(fits), known) : null;
  const isCharged =
    isStarved || (lattice !== null && lattice.many < (fits[0]?.family === 'counter' ? 0.03 : 0.3) * lattice.dueInAll);
  if (isCharged) {
    for (const silences of SILENCES) rounds.push(await silentRound(hands, known, silences));
    return answerOf({ fits: fitRounds(rounds, size, known.spanMs, 'all'), rounds, size, isSure, lattice: null });
  }
  fits = fits.filter(
    ({ family, hypothesis }) => lattice === null || hypothesis.counts === 'admitted' || family === 'steps',
  );
  let answer = answerOf({ fits, rounds, size, isSure, lattice });
  for (const { part, vain } of MORE_PARTS) {
    if (answer.kind !== 'ambiguous') break;
    rounds.push(await watchedRound(hands, known, part, vain));
    answer = answerOf({ fits: ranked(rounds, known), rounds, size, isSure, lattice });
  }
  if (answer.kind !== 'found') return answer;
  const { shape: likely } = answer.hypothesis;
  // Of what comes every few ms the clock tells no steps.
  const isSlow =
    likely.kind === 'token-bucket' && 1000 / likely.refillPerSecond > Math.max(CLOSE_MS, CLOSE_BLURS * hands.blurMs);
  if (isSlow && likely.stepMs === 0 && lattice !== null) {
    return answerOf({
      fits,
      rounds,
      size,
      isSure,
      lattice,
      close: await closely(hands, rateOf(answer.hypothesis, size, known.spanMs), size),
    });
  }
  if (likely.kind !== 'fixed-window') return answer;
  const windows = fits.filter(({ family }) => family === 'epoch' || family === 'first');
  for (const share of SHARES) {
    const { shape } = answer.kind === 'found' ? answer.hypothesis : { shape: null };
    if (shape?.kind !== 'fixed-window') break;
    const round = await sharpRound(hands, known, shape.windowMs, share);
    rounds.push(round);
    answer = answerOf({
      fits: windows,
      rounds,
      size: hands.mostAtOnce,
      isSure: isSure && hands.mostAtOnce === size,
      lattice,
    });
  }
  if (answer.kind !== 'found' || answer.windowMs === null || hands.blurMs > 0) return answer;
  const ends = await followWindows(hands, known, answer.windowMs);
  rounds.push(ends.round);
  const most = hands.mostAtOnce;
  // Where others come every few ms, they may have been quicker both times.
  const isSeldom = most / answer.windowMs.high <= SELDOM_PER_MS;
  const isWhole =
    (isSure && most === size) || (isSeldom && ends.fits.length > 1 && ends.fits.every((fits) => fits === most));
  return answerOf({ fits: windows, rounds, size: most, isSure: isWhole, lattice, ends });
}

function ranked(rounds: readonly Round[], { size, spanMs }: Extent): RoundFit[] {
  const either = [...fitRounds(rounds, size, spanMs, 'admitted'), ...fitRounds(rounds, size, spanMs, 'all')];
  return either.sort((a, b) => a.off - b.off);
}

function isSmooth(fit: RoundFit | undefined): fit is RoundFit {
  return fit !== undefined && ['bucket', 'counter', 'steps'].includes(fit.family);
}

/** The step of a bucket that fits about as well as the nearest; 0: none does. */
function stepMsOf(fits: readonly RoundFit[]): number {
  const steps = fits.find(({ family }) => family === 'steps');
  const isNear = steps !== undefined && steps.off <= (fits[0]?.off ?? 0) * AS_NEAR;
  return isNear && steps.hypothesis.shape.kind === 'token-bucket' ? steps.hypothesis.shape.stepMs : 0;
}

/**
 * Looks often enough at a limit that gives evenly to see single requests come; and for so long that something has to come where it may give in steps, since
 * that nothing came is read as that asking charges.
 */
async function shaken(
  hands: Hands,
  { family, hypothesis }: RoundFit,
  stepMs: number,
  { size, spanMs }: Extent,
): Promise<Lattice> {
  const perMs = rateOf(hypothesis, size, spanMs);
  await hands.take(size + 1);
  // A counter gives nothing before its next window.
  if (family === 'counter') {
    await hands.waitUntil(hands.nowMs + size / perMs);
    await hands.take(size + 1);
  }
  const everyMs = Math.max(
    1,
    Math.floor(0.25 / perMs),
    Math.ceil(hands.blurMs),
    Math.ceil((LOOKED_STEPS * stepMs) / SHAKEN_LOOKS),
  );
  const looks = await hands.rattle(SHAKEN_LOOKS, everyMs, Math.ceil(everyMs * perMs * MOST_DUE) + 2);
  return latticeOf(looks, perMs, hands.blurMs);
}

/** Looks closely at when single requests come. */
async function closely(hands: Hands, perMs: number, size: number): Promise<Lattice> {
  await hands.take(size + 1);
  const everyMs = Math.max(1, Math.floor(1 / perMs / CLOSE_LOOKS), Math.ceil(hands.blurMs));
  const looks = await hands.rattle(Math.ceil(CLOSE_REQUESTS / perMs / everyMs), everyMs, 2);
  return latticeOf(looks, perMs, hands.blurMs);
}

/** Requests per ms in the long run. */
function rateOf({ shape, capacity }: Hypothesis, size: number, spanMs: number): number {
  if (shape.kind === 'token-bucket') return Math.max(shape.refillPerSecond / 1000, (SLOWEST * size) / spanMs);
  return 'windowMs' in shape ? capacity / shape.windowMs : size / spanMs;
}
