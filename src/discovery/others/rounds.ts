/** The experiments of an identification beside other clients, each from rest on. */
import type { ProbeEvent } from '../record.ts';
import type { Hands, Round, Take } from './hands.ts';

/** What is known of the size of a limit before its family is. */
export interface Extent {
  /** Most that was given at once. */
  readonly size: number;
  /** In this time a full limit gives (nearly) all of it again, whenever one asks. */
  readonly spanMs: number;
}

/** First silence, and by how much each is longer. */
const SILENCE_MS = 60;
const LONGER = 1.6;
/** So much of what was given at once before is as much, beside others. */
const ALL = 0.65;
const CONFIRMED = 2;
/** Of what was filled in at first, over some time, so much at least fits at once. */
const SHARE_MIN = 0.3;
/** A silence so much longer, after which no more is given, if all was. */
const MUCH_LONGER = 4;
const NO_MORE = 1.15;
/** Rest between rounds, in spans. */
const REST_SPANS = 3;

/** How long a limit takes to recover, when it is full; null: longer than the horizon. */
export async function extentOf(hands: Hands, filled: number, horizonMs: number): Promise<Extent | null> {
  let most = 0;
  let confirmed = 0;
  for (let silenceMs = SILENCE_MS; silenceMs < horizonMs;) {
    const admitted = await afterSilence(hands, silenceMs, confirmed > 0 ? most : filled, confirmed > 0);
    const isAll = admitted > 0 && admitted >= SHARE_MIN * filled && admitted >= ALL * most - (most > 2 ? 1 : 0);
    confirmed = isAll ? confirmed + 1 : 0;
    most = Math.max(most, admitted);
    if (confirmed <= CONFIRMED) {
      if (!isAll || confirmed === 0) silenceMs *= LONGER;
      continue;
    }
    const later = await afterSilence(hands, silenceMs * MUCH_LONGER, most, true);
    const size = Math.max(most, later);
    if (later <= NO_MORE * most + 1) return { size, spanMs: silenceMs };
    most = later;
    confirmed = 0;
    silenceMs *= LONGER;
  }
  return null;
}

/** What is given at once after a silence; where nothing is expected, two probes ask first. */
async function afterSilence(hands: Hands, silenceMs: number, expected: number, isLikely: boolean): Promise<number> {
  await hands.waitUntil(hands.nowMs + silenceMs);
  const looked = isLikely ? 0 : (await hands.send(2)).admitted;
  if (!isLikely && looked < 2) return looked;
  return looked + (await hands.take(Math.ceil(expected * 1.2) + 2)).admitted;
}

/** A part early, the rest later, and then whatever is released, as soon as it is. `vain`: of the size, what is sent while nothing fits. */
export async function watchedRound(hands: Hands, { size, spanMs }: Extent, part: number, vain: number): Promise<Round> {
  await rest(hands, spanMs);
  const early = await hands.send(Math.max(1, size * part));
  await hands.waitUntil(early.atMs + spanMs * 0.45);
  const late = await hands.take(size * (1 - part) + 2);
  const endMs = hands.nowMs + spanMs * 1.5;
  const watched = await hands.watch(hands.nowMs + spanMs * 0.2, spanMs / LOOKS, size);
  // What is rejected in vain shows whether it charges.
  const hammered = vain > 0 ? [await hands.take(size * vain + 2)] : [];
  return hands.settled([early, late, ...watched, ...hammered, ...(await hands.watch(endMs, spanMs / LOOKS, size))]);
}

/** Looks in a span. */
const LOOKS = 80;

/** Looks within the time in which the next window is expected. */
const SHARP_LOOKS = 80;

/** Until a window ends, and then closely at the end of the next one, which began at the end of the first. `share`: how far off the window may be. */
export async function sharpRound(
  hands: Hands,
  { size, spanMs }: Extent,
  windowMs: number,
  share: number,
): Promise<Round> {
  await rest(hands, spanMs);
  const takes: Take[] = [await hands.take(size + 1)];
  const untilMs = hands.nowMs + windowMs * 1.1;
  while (hands.nowMs < untilMs) {
    const seen = await hands.watch(hands.nowMs + 1, 1, size);
    takes.push(...seen);
    if (seen.some(({ admitted }) => admitted >= 0.3 * size)) break;
    await hands.waitUntil(hands.nowMs + spanMs / LOOKS);
  }
  await hands.waitUntil((takes.at(-1)?.atMs ?? 0) + windowMs * (1 - share));
  const overMs = windowMs * 2 * share;
  return hands.settled([...takes, ...(await hands.watch(hands.nowMs + overMs, overMs / SHARP_LOOKS, size))]);
}

/** All at once, and then seldom looks: where whatever is rejected charges, only silence lets anything come back. */
export async function silentRound(hands: Hands, { size, spanMs }: Extent, silences: readonly number[]): Promise<Round> {
  await rest(hands, spanMs);
  const takes: Take[] = [await hands.take(size + 1)];
  for (const silence of silences) {
    await hands.waitUntil(hands.nowMs + spanMs * silence);
    takes.push(await hands.take(2));
  }
  return hands.settled(takes);
}

/** Probes beyond what was seen to fit. */
const LOOKED_BEYOND = 3;

/** What is given at once after a rest, several times; where it was not all, nothing. */
export async function bursts(hands: Hands, { size, spanMs }: Extent, times: number): Promise<number[]> {
  const takes: Take[] = [];
  for (let round = 0; round < times; round++) {
    await rest(hands, spanMs * (1 + 0.13 * round));
    takes.push(await hands.send(Math.max(size, hands.mostAtOnce) + LOOKED_BEYOND));
  }
  return (await hands.settled(takes)).filter(({ full }) => full).map(({ admitted }) => admitted);
}

/** So many times what fits is sent at once, and so much more of it passes where charges are seen late. */
const OVERFULL = 4;
const OVERSHOT = 1.1;

/** Whether more passes at once the more is sent, though ways that take differently long spread it over some time only. */
export async function passesMore(hands: Hands, size: number, spanMs: number): Promise<boolean> {
  await rest(hands, spanMs);
  const [burst] = await hands.settled([await hands.send(size * OVERFULL)]);
  // Meanwhile some comes anew.
  return (burst?.admitted ?? 0) > size * (OVERSHOT + hands.blurMs / spanMs) + 2;
}

async function rest(hands: Hands, spanMs: number): Promise<void> {
  await hands.waitUntil(hands.nowMs + spanMs * REST_SPANS);
}

const HELD_ROUNDS = 10;

/**
 * Whether what a limit gives is held by requests in service, and no longer: then takings as often as requests last give as much as has ended since. The
 * sum of what is in service and what was given is always about the same.
 */
export async function isHeld(hands: Hands, size: number): Promise<{ readonly held: boolean; readonly most: number }> {
  const first = await hands.rattle(1, 1, size + 2);
  const trips = (first[0] ?? [])
    .filter(({ outcome }) => outcome === 'admitted')
    .map(({ sentMs, answeredMs }) => answeredMs - sentMs);
  const tripMs = Math.max(5, trips.toSorted((a, b) => a - b)[trips.length >> 1] ?? 50);
  await hands.waitUntil(hands.nowMs + 20 * tripMs);
  const looks = await hands.rattle(HELD_ROUNDS, Math.ceil(tripMs), size + 2);
  const admitted = looks.map((events) => events.filter(({ outcome }) => outcome === 'admitted'));
  const held = admitted.map(
    (given, at) => given.length + inService(admitted.slice(0, at).flat(), (looks[at]?.[0]?.sentMs ?? 0) + hands.blurMs),
  );
  const most = Math.max(...held);
  const low = held.filter((many) => many < 0.6 * most - 1.5).length;
  const total = admitted.flat().length;
  return { held: low <= 1 && total > 2.5 * most && most >= SHARE_MIN * size, most };
}

function inService(events: readonly ProbeEvent[], atMs: number): number {
  return events.filter(({ answeredMs }) => answeredMs > atMs).length;
}
