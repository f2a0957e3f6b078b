/**
 * Who shares a limit that others use as well: it is filled at one instant, everybody is asked at that instant, and whoever passes while the filler is
 * rejected after all has a bucket apart. Whoever is rejected may have been exhausted by others, so everybody is asked several times.
 */
import type { BlackBox, Point } from '../black-box.ts';
import type { Interference } from '../explore/exploration.ts';
import type { Sharing } from '../explore/interference.ts';
import { blurMsOf, noiseOf } from '../noise/noise.ts';
import type { Prober } from '../prober.ts';
import type { ProbeEvent } from '../record.ts';

const ROUNDS = 3;
/** Probes of another route: a cheaper one may fit into what is left over. */
const CHEAPER = 24;
/** Probes that ask where errors answer some, or where ways take differently long: then what came free meanwhile is filled by so much of the size. */
const ASKED = 5;
const REFILL = 0.3;
/** Others may use less than usual. */
const FILL = 1.4;
const FILL_MORE = 6;
const REST_SPANS = 3;

/** What the fillers need to know. */
export interface Filling {
  readonly base: Point;
  /** Most that was given at once. */
  readonly size: number;
  readonly spanMs: number;
}

/** Asks every other identity on the base's route, and every other route as the base's identity. */
export async function askWho(prober: Prober, box: BlackBox, filling: Filling): Promise<Sharing> {
  const { base } = filling;
  const identities = box.identities.flatMap((_, identity) =>
    identity === base.identity ? [] : [{ identity, route: base.route }],
  );
  const routes = box.routes.flatMap((_, route) => (route === base.route ? [] : [{ identity: base.identity, route }]));
  const apart = new Set<Point>();
  const mixed = new Set<Point>();
  const many = isClear(prober) ? 1 : ASKED;
  let asked = 0;
  for (let round = 0; asked < ROUNDS && round < 3 * ROUNDS; round++) {
    const questions = [
      ...identities.map((point) => Array.from({ length: many }, () => point)),
      ...routes.map((point) => Array.from({ length: CHEAPER }, () => point)),
    ];
    const passed = await passing(prober, filling, questions);
    if (passed === null) continue;
    asked += 1;
    for (const [at, point] of [...identities, ...routes].entries()) {
      const { admitted, told } = passed[at] as Told;
      if (admitted > 0 && admitted === told) apart.add(point);
      else if (admitted > 0) mixed.add(point);
    }
  }
  for (const point of mixed) if (!apart.has(point) && (await isApart(prober, filling, point))) apart.add(point);
  const outcome = (point: Point): Interference['outcome'] =>
    asked === 0 ? 'unclear' : apart.has(point) ? 'separate' : 'shared';
  const all = [...identities, ...routes];
  const by = (points: readonly Point[], wanted: Interference['outcome']) =>
    points.filter((point) => outcome(point) === wanted);
  return {
    base,
    matrix: all.map((probed) => ({ exhausted: base, probed, outcome: outcome(probed) })),
    identities: [base.identity, ...by(identities, 'shared').map(({ identity }) => identity)].sort((a, b) => a - b),
    separateIdentities: by(identities, 'separate').map(({ identity }) => identity),
    routes: [base.route, ...by(routes, 'shared').map(({ route }) => route)].sort((a, b) => a - b),
    separateRoutes: by(routes, 'separate').map(({ route }) => route),
    unclear: by(all, 'unclear'),
  };
}

/** What became of one question. */
interface Told {
  readonly admitted: number;
  /** Admitted or rejected: not answered by an error. */
  readonly told: number;
}

function toldBy(answers: readonly ProbeEvent[]): Told {
  const admitted = answers.filter(({ outcome }) => outcome === 'admitted').length;
  return { admitted, told: admitted + answers.filter(({ outcome }) => outcome === 'rejected').length };
}

/** Whether what is sent at once is decided in that order, and every answer tells. */
function isClear(prober: Prober): boolean {
  return !prober.losesSome && blurMsOf(prober.events) === 0;
}

/**
 * How many of each question passed while the filler found no room. Where ways take differently long the fill has to have come first, and what comes free
 * meanwhile is filled along with the questions.
 *
 * @returns null where the filler did find room
 */
async function passing(
  prober: Prober,
  { base, size, spanMs }: Filling,
  questions: readonly (readonly Point[])[],
): Promise<Told[] | null> {
  await prober.waitUntil(prober.nowMs + spanMs * REST_SPANS);
  const fill = filling(prober, base, size);
  const isAtOnce = isClear(prober);
  const more = isAtOnce ? [base] : Array.from({ length: Math.ceil(size * REFILL) + ASKED }, () => base);
  const before = isAtOnce ? [] : await filled(prober, fill);
  const answers = await prober.sendMany([...(isAtOnce ? fill : []), ...questions.flat(), ...more]);
  let at = isAtOnce ? fill.length : 0;
  const last = isAtOnce
    ? answers.slice(at - 1, at)
    : before.filter(({ outcome }) => outcome === 'rejected').slice(0, 1);
  const told = questions.map((question) => toldBy(answers.slice(at, (at += question.length))));
  const rest = toldBy(answers.slice(at));
  const isFull =
    last[0]?.outcome === 'rejected' && rest.told > 0 && rest.admitted <= (isAtOnce ? 0 : rest.told * REFILL);
  return isFull ? told : null;
}

/** More than fits, also where errors answer some. */
function filling(prober: Prober, point: Point, size: number): Point[] {
  const share = prober.losesSome ? noiseOf(prober.events).errorShare : 0;
  return Array.from({ length: Math.ceil((size * FILL) / (1 - Math.min(0.5, share))) + FILL_MORE }, () => point);
}

/** Sends the fill, and waits until all of it was decided. */
async function filled(prober: Prober, fill: readonly Point[]): Promise<ProbeEvent[]> {
  const answers = prober.sendMany(fill);
  // Whoever stops says so where the answers are waited for.
  answers.catch(() => undefined);
  await prober.waitUntil(prober.nowMs + Math.ceil(blurMsOf(prober.events)) + 1);
  return answers;
}

/** Filled by the other one, does the base find room? Then they do not share. */
async function isApart(prober: Prober, { base, size, spanMs }: Filling, other: Point): Promise<boolean> {
  const many = isClear(prober) ? 1 : ASKED;
  const ask = (point: Point) => Array.from({ length: many }, () => point);
  for (let fits = size, round = 0; round < 8; round++) {
    await prober.waitUntil(prober.nowMs + spanMs * REST_SPANS);
    const fill = filling(prober, other, fits);
    const isAtOnce = isClear(prober);
    const before = isAtOnce ? [] : await filled(prober, fill);
    const answers = await prober.sendMany([...(isAtOnce ? fill : []), ...ask(base), ...ask(other)]);
    const asked = toldBy(answers.slice(-2 * many, -many));
    const rest = toldBy(answers.slice(-many));
    const full = isAtOnce
      ? answers[fill.length - 1]?.outcome === 'rejected'
      : toldBy(before).told > toldBy(before).admitted;
    if (full && rest.told > 0 && 2 * rest.admitted <= (isAtOnce ? 0 : rest.told))
      return 2 * asked.admitted > asked.told;
    fits = Math.ceil(fits * 1.8);
  }
  return true;
}
