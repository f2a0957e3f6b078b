/**
 * One instant on a rested gateway. Whatever a limit is, of what is sent at once it admits what its capacity holds, and the tightest limit rejects
 * first: who shares that one is asked there, so that neither time nor any other limit is in the way. Rests cost time only.
 */
import type { Point } from '../black-box.ts';
import { type Exploration, type Interference, samePoint } from '../explore/exploration.ts';
import type { Sharing } from '../explore/interference.ts';
import type { ProbeEvent } from '../record.ts';
import { FENCE_MS } from './fence.ts';

/** More at once is not tried. */
const AT_ONCE_MAX = 8192;
/** Probes of another route: a cheaper one may fit into what a dearer one left over. */
const TRIES_OTHER_ROUTE = 8;
const MANY_OTHER_ROUTE = 48;
/** Up to such a fill everybody is asked by himself. */
const ALONE_FILL_MAX = 60;

/** What one instant came to. */
export interface AtOnce {
  /** What was sent up to the first rejection, which is the last of these. */
  readonly fill: readonly Point[];
  /** Index of that rejection in the record. */
  readonly event: number;
}

/** Fills a rested gateway at once until something rejects that no known limit explains; null: the known limits leave too little room for that. */
export async function fillAtOnce(
  exploration: Exploration,
  points: readonly Point[],
  atLeast: number,
): Promise<AtOnce | null> {
  const { prober, known } = exploration;
  for (let many = atLeast; many <= AT_ONCE_MAX; many *= 2) {
    await rest(exploration, points);
    const chunk = known.fitting(points, prober.nowMs, many);
    const from = prober.events.length;
    const unexplained = known.unexplained.length;
    await prober.sendMany(chunk);
    const event = known.unexplained[unexplained];
    if (event !== undefined) return { fill: chunk.slice(0, event - from + 1), event };
    if (chunk.length < many) return null;
  }
  return null;
}

/** Who shares the limit that rejected the last of the fill. */
export async function sharingAtOnce(exploration: Exploration, { fill }: AtOnce): Promise<Sharing> {
  const { box } = exploration;
  const base = fill.at(-1) as Point;
  const others = box.identities.map((_, identity) => ({ identity, route: base.route }));
  const matrix: Interference[] = await askIdentities(
    exploration,
    fill,
    others.filter((point) => !samePoint(point, base)),
  );
  for (const route of box.routes.keys()) {
    if (route === base.route) continue;
    const probed = { identity: base.identity, route };
    matrix.push({ exhausted: base, probed, outcome: await askRoute(exploration, fill, probed) });
  }
  const by = (outcome: Interference['outcome'], sameRoute: boolean) =>
    matrix
      .filter((one) => one.outcome === outcome && (one.probed.route === base.route) === sameRoute)
      .map(({ probed }) => (sameRoute ? probed.identity : probed.route));
  return {
    base,
    matrix,
    identities: [base.identity, ...by('shared', true)].sort((a, b) => a - b),
    separateIdentities: by('separate', true),
    routes: [base.route, ...by('shared', false)].sort((a, b) => a - b),
    separateRoutes: by('separate', false),
    unclear: matrix.filter(({ outcome }) => outcome === 'unclear').map(({ probed }) => probed),
  };
}

/**
 * All at one instant: whoever is admitted has a bucket of his own. They may have filled another limit by that: whoever was rejected is asked once
 * more without them, and where that is cheap by himself, since rejections may charge another limit as well.
 */
async function askIdentities(
  exploration: Exploration,
  fill: readonly Point[],
  others: readonly Point[],
): Promise<Interference[]> {
  const base = fill.at(-1) as Point;
  const outcomes = new Map<Point, Interference['outcome']>(others.map((point) => [point, 'unclear']));
  let open = [...others];
  while (open.length > 0) {
    const answers = await askTogether(exploration, fill, open);
    if (answers.size === 0) break;
    for (const [point, outcome] of answers) if (outcome === 'admitted') outcomes.set(point, 'separate');
    const left = open.filter((point) => outcomes.get(point) === 'unclear');
    if (left.length === open.length) {
      for (const [point, outcome] of answers) if (outcome === 'rejected') outcomes.set(point, 'shared');
      break;
    }
    open = left;
  }
  for (const [point, outcome] of fill.length <= ALONE_FILL_MAX ? outcomes : []) {
    if (outcome !== 'shared') continue;
    const alone = await askTogether(exploration, fill, [point]);
    if (alone.get(point) !== 'rejected') outcomes.set(point, alone.has(point) ? 'separate' : 'unclear');
  }
  return others.map((probed) => ({ exhausted: base, probed, outcome: outcomes.get(probed) ?? 'unclear' }));
}

/** What comes of those for whom the known limits leave room, asked right after all that fits; none: it was not full. */
async function askTogether(
  exploration: Exploration,
  fill: readonly Point[],
  open: readonly Point[],
): Promise<ReadonlyMap<Point, ProbeEvent['outcome']>> {
  const { prober, known } = exploration;
  const base = fill.at(-1) as Point;
  const fits = fill.slice(0, -1);
  await rest(exploration, [...fill, ...open]);
  const asked = open.filter((point) => known.passing([...fits, point, base], prober.nowMs).every(Boolean));
  const from = prober.events.length;
  const answers = await prober.sendMany([...fits, ...asked, base]);
  const unexplained = new Set(known.unexplained.filter((index) => index >= from));
  const outcomes = new Map<Point, ProbeEvent['outcome']>();
  if (!isFull(answers, fits.length)) return outcomes;
  for (const [at, point] of asked.entries()) {
    const { outcome } = answers[fits.length + at] as ProbeEvent;
    if (outcome === 'admitted' || unexplained.has(from + fits.length + at)) outcomes.set(point, outcome);
  }
  return outcomes;
}

/**
 * The other route after the fill, and before it. Of a bucket that both share the fill leaves over less than one of the base takes: where some of
 * the other route still fitted into that, at most their share of those sent first costs the base one. Where they cost it more, it was another
 * limit that both share, and not the one in question.
 */
async function askRoute(
  exploration: Exploration,
  fill: readonly Point[],
  probed: Point,
): Promise<Interference['outcome']> {
  const { prober, known } = exploration;
  const base = fill.at(-1) as Point;
  const fitting = fill.slice(0, -1);
  const some = (many: number) => Array.from({ length: many }, () => probed);
  const fits = (points: readonly Point[]) => known.passing(points, prober.nowMs).every(Boolean);
  await rest(exploration, [...fill, probed]);
  const asked = fits([...fitting, ...some(TRIES_OTHER_ROUTE), base]) ? some(TRIES_OTHER_ROUTE) : [probed];
  if (!fits([...fitting, ...asked, base])) return 'unclear';
  const after = await prober.sendMany([...fitting, ...asked, base]);
  if (!isFull(after, fitting.length)) return 'unclear';
  const left = admittedOf(after.slice(fitting.length, -1));
  // Where all fitted it may be a much cheaper one: then more of them are asked.
  for (const many of left === asked.length ? [asked.length, MANY_OTHER_ROUTE] : [asked.length]) {
    await rest(exploration, [...fill, probed]);
    if (!fits([...some(many), ...fill])) break;
    const before = await prober.sendMany([...some(many), ...fill]);
    const taken = admittedOf(before.slice(0, many));
    const fitted = before.slice(many).findIndex(({ outcome }) => outcome === 'rejected');
    if (taken === 0 || fitted === -1) return 'unclear';
    const lost = fill.length - 1 - fitted;
    if (lost <= 0) continue;
    if (left === 0) return 'shared';
    return lost <= Math.ceil((taken - left) / left) ? 'shared' : 'separate';
  }
  return 'separate';
}

/** Whether all that fits was admitted, and the base rejected in the end. */
function isFull(answers: readonly ProbeEvent[], filled: number): boolean {
  return (
    answers.slice(0, filled).every(({ outcome }) => outcome === 'admitted') && answers.at(-1)?.outcome === 'rejected'
  );
}

function admittedOf(answers: readonly ProbeEvent[]): number {
  return answers.filter(({ outcome }) => outcome === 'admitted').length;
}

/** Until all that was sent is forgotten. */
async function rest({ prober, known }: Exploration, points: readonly Point[]): Promise<void> {
  await prober.waitUntil(Math.max(prober.nowMs + FENCE_MS, Math.ceil(known.idleFromMs(points)) + 1));
}
