/**
 * Who shares a limit that others use as well: it is filled at one instant, everybody is asked at that instant, and whoever passes while the filler is
 * rejected after all has a bucket apart. Whoever is rejected may have been exhausted by others, so everybody is asked several times.
 */
import type { BlackBox, Point } from '../black-box.ts';
import type { Interference } from '../explore/exploration.ts';
import type { Sharing } from '../explore/interference.ts';
import { blurMsOf } from '../noise/noise.ts';
import type { Prober } from '../prober.ts';
import type { ProbeEvent } from '../record.ts';

const ROUNDS = 3;
/** Probes of another route: a cheaper one may fit into what is left over. */
const CHEAPER = 24;
/** Where errors answer some probes, or ways take differently long: probes that ask, and how often what fits is sent along with them. */
const ASKED = 5;
const OVERFULL = 4;
/** So much of what has a bucket apart passes, and of what shares the full one no more than this. */
const NEARLY_ALL = 0.9;
const HALF = 0.5;
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
      if (admitted > 0 && admitted >= NEARLY_ALL * told) apart.add(point);
      else if (admitted > (isClear(prober) ? 0 : HALF * told)) mixed.add(point);
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
 * What became of each question while the filler found no room. Where every answer tells and what is sent first is decided first, that is asked after the
 * filling, of the same instant. Otherwise the questions go among far more than fits: who shares it passes as seldom as the filler.
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
  const answers = await prober.sendMany([...fill, ...questions.flat(), base]);
  let at = fill.length;
  const isFull = isClear(prober)
    ? answers[at - 1]?.outcome === 'rejected' && answers.at(-1)?.outcome === 'rejected'
    : isHalf(answers.slice(0, at));
  return isFull ? questions.map((question) => toldBy(answers.slice(at, (at += question.length)))) : null;
}

/** More than fits: the other part of it is rejected. */
function filling(prober: Prober, point: Point, size: number): Point[] {
  const length = Math.ceil(size * (isClear(prober) ? FILL : OVERFULL)) + FILL_MORE;
  return Array.from({ length }, () => point);
}

/** Whether at most half of it passed. */
function isHalf(answers: readonly ProbeEvent[]): boolean {
  const { admitted, told } = toldBy(answers);
  return told > 0 && admitted <= HALF * told;
}

/** Filled by the other one, does the base find room? Then they do not share. */
async function isApart(prober: Prober, { base, size, spanMs }: Filling, other: Point): Promise<boolean> {
  const asked = Array.from({ length: isClear(prober) ? 1 : ASKED }, () => base);
  for (let fits = size, round = 0; round < 8; round++) {
    await prober.waitUntil(prober.nowMs + spanMs * REST_SPANS);
    const fill = filling(prober, other, fits);
    const answers = await prober.sendMany([...fill, ...asked, other]);
    const isFull = isClear(prober)
      ? answers[fill.length - 1]?.outcome === 'rejected' && answers.at(-1)?.outcome === 'rejected'
      : isHalf(answers.slice(0, fill.length));
    if (isFull) return !isHalf(answers.slice(fill.length, -1));
    fits = Math.ceil(fits * 1.8);
  }
  return true;
}
