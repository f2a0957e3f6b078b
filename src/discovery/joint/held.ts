/**
 * Whether places are what is limited: as many as before fit again at the very moment in which those before are answered, and while some are still
 * in service just as many fewer. Asked before any other experiment, since it does not matter then what else limits the same points.
 */
import { IDLE_AFTER_MS } from '../idle.ts';
import type { Point } from '../black-box.ts';
import type { Exploration, FoundOnStream } from '../explore/exploration.ts';
import { capacitiesOf } from '../fit/replay.ts';
import { viewOf } from '../fit/view.ts';
import type { ProbeEvent } from '../record.ts';
import { underWay } from '../prober-stops.ts';

/** Trials that have to agree, and how many may fail. */
const TRIALS = 3;
const FAILURES_MAX = 2;
/** Before a trial, ms; after one in which something else rejected. */
const PAUSE_MS = 3000;
/** More places than that are not looked for. */
const PLACES_MAX = 400;
/** Of the places, what is filled twice where something else admits little more. */
const TIGHT_SHARE = 0.4;
const SHAPE = { kind: 'concurrency' } as const;

/** Sends once more what was sent at the moment of event `event`: whether just as many are admitted. */
export async function looksHeld(exploration: Exploration, event: number): Promise<boolean> {
  const { prober, known } = exploration;
  const { sentMs } = prober.events[event] as ProbeEvent;
  const batch = prober.events.filter((one) => one.sentMs === sentMs);
  const before = batch.slice(0, batch.findIndex(({ outcome }) => outcome === 'rejected') + 1);
  const points = before.map(({ identity, route }) => ({ identity, route }));
  const [first] = points;
  if (first === undefined || points.length < 2 || points.length > PLACES_MAX) return false;
  if (!known.passing(points, prober.nowMs).every(Boolean)) return false;
  // One alone tells most others, at the cost of one.
  if ((await prober.send(first)).outcome !== 'admitted') return false;
  if (!known.passing(points, prober.nowMs).every(Boolean)) return false;
  const again = await prober.sendMany(points);
  return again.slice(0, -1).every(({ outcome }) => outcome === 'admitted') && again.at(-1)?.outcome === 'rejected';
}

/** The limit of requests under way that the points share; null: it is none, or something else rejects too often to tell. */
export async function identifyHeld(
  exploration: Exploration,
  points: readonly Point[],
  expected: number | null = null,
): Promise<FoundOnStream | null> {
  const { prober, known } = exploration;
  let places = expected;
  let agreed = 0;
  for (let failures = 0, pauseMs = PAUSE_MS; agreed < TRIALS && failures <= FAILURES_MAX;) {
    const rest = () => prober.waitUntil(Math.max(prober.nowMs + pauseMs, Math.ceil(known.idleFromMs(points))));
    const seen = await trial(exploration, points, places, { round: agreed, isTight: failures > 0, rest });
    if (seen === null || (places !== null && seen !== places)) {
      failures += 1;
      pauseMs = IDLE_AFTER_MS;
      places = expected;
      agreed = 0;
      continue;
    }
    places = seen;
    agreed += 1;
  }
  if (places === null || agreed < TRIALS) return null;
  return {
    kind: 'found',
    hypothesis: { shape: SHAPE, counts: 'admitted', capacity: places },
    alternatives: [],
    countsKnown: true,
    capacity: { low: places, high: places },
    windowMs: null,
    refillPerSecond: null,
    stepMs: null,
  };
}

/** How one trial goes. */
interface TrialManner {
  readonly round: number;
  /** Something else admits little more: no more is sent than tells. */
  readonly isTight: boolean;
  readonly rest: () => Promise<void>;
}

/**
 * Fills all places, twice at once, and after a `rest` in two parts. Gives how many there are; null: that does not explain what came of it.
 */
async function trial(
  { prober, known }: Exploration,
  points: readonly Point[],
  expected: number | null,
  { round, isTight, rest }: TrialManner,
): Promise<number | null> {
  const from = prober.events.length;
  const unexplained = known.unexplained.length;
  for (let many = expected === null ? 2 : expected + 1; many <= PLACES_MAX; many = Math.ceil(many * 1.5)) {
    await rest();
    const chunk = known.fitting(points, prober.nowMs, many);
    if (chunk.length < many) return null;
    const answers = await prober.sendMany(chunk);
    if (answers.some(({ outcome }) => outcome === 'rejected')) break;
  }
  const places = placesIn(prober.events, from, points);
  if (places === null) return null;
  const secondly = isTight ? Math.ceil(places * TIGHT_SHARE) : places + 1;
  const again = known.fitting(points, prober.nowMs, secondly);
  if (again.length < secondly) return null;
  const answers = await prober.sendMany(again);
  if (placesIn(prober.events, from, points) === null) return null;
  const serviceMs = answers.map(({ sentMs, answeredMs }) => answeredMs - sentMs).sort((a, b) => a - b);
  await rest();
  // Nothing can be asked of the known limits while answers are under way.
  const first = Math.max(1, places - 1 - (round % 2));
  const both = known.fitting(points, prober.nowMs, isTight ? first + secondly + 2 : 2 * places);
  const some = both.splice(0, first);
  const firstly = underWay(prober.sendMany(some));
  const share = isTight ? 0.1 + 0.1 * round : 0.3 + 0.2 * round;
  await prober.waitUntil(prober.nowMs + Math.ceil(serviceMs[Math.floor(serviceMs.length * share)] ?? 0));
  await Promise.all([firstly, prober.sendMany(both)]);
  const rejected = known.unexplained.length - unexplained;
  return rejected < (isTight ? 2 : 3) ? null : placesIn(prober.events, from, points);
}

/** How many places explain the events from `from` on. */
function placesIn(events: readonly ProbeEvent[], from: number, points: readonly Point[]): number | null {
  const own = new Set(points.map(({ identity, route }) => `${identity}/${route}`));
  const costOf = ({ identity, route }: ProbeEvent) => (own.has(`${identity}/${route}`) ? 1 : 0);
  const { low, high } = capacitiesOf(viewOf(events, { costOf }, from), SHAPE, 'admitted');
  return low === high ? low : null;
}
