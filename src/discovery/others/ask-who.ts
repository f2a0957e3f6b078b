/**
 * Who shares a limit that others use as well: it is filled at one instant, everybody is asked at that instant, and whoever passes while the filler is
 * rejected after all has a bucket apart. Whoever is rejected may have been exhausted by others, so everybody is asked several times.
 */
import type { BlackBox, Point } from '../black-box.ts';
import type { Interference } from '../explore/exploration.ts';
import type { Sharing } from '../explore/interference.ts';
import type { Prober } from '../prober.ts';

const ROUNDS = 3;
/** Probes of another route: a cheaper one may fit into what is left over. */
const CHEAPER = 24;
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
  let asked = 0;
  for (let round = 0; asked < ROUNDS && round < 3 * ROUNDS; round++) {
    const questions = [
      ...identities.map((point) => [point]),
      ...routes.map((point) => Array.from({ length: CHEAPER }, () => point)),
    ];
    const passed = await passing(prober, filling, questions);
    if (passed === null) continue;
    asked += 1;
    for (const [at, point] of [...identities, ...routes].entries()) {
      const many = passed[at] as number;
      const all = (questions[at] as Point[]).length;
      if (many === all) apart.add(point);
      else if (many > 0) mixed.add(point);
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

/** How many of each question passed at an instant at which the filler was rejected before and after; null: it was not. */
async function passing(
  prober: Prober,
  { base, size, spanMs }: Filling,
  questions: readonly (readonly Point[])[],
): Promise<number[] | null> {
  await prober.waitUntil(prober.nowMs + spanMs * REST_SPANS);
  const fill = Array.from({ length: Math.ceil(size * FILL) + FILL_MORE }, () => base);
  const answers = await prober.sendMany([...fill, ...questions.flat(), base]);
  const isFull = answers[fill.length - 1]?.outcome === 'rejected' && answers.at(-1)?.outcome === 'rejected';
  if (!isFull) return null;
  let at = fill.length;
  return questions.map((question) => {
    const own = answers.slice(at, (at += question.length));
    return own.filter(({ outcome }) => outcome === 'admitted').length;
  });
}

/** Filled by the other one, does the base find room? Then they do not share. */
async function isApart(prober: Prober, { base, size, spanMs }: Filling, other: Point): Promise<boolean> {
  for (let count = Math.ceil(size * FILL) + FILL_MORE, round = 0; round < 8; round++) {
    await prober.waitUntil(prober.nowMs + spanMs * REST_SPANS);
    const answers = await prober.sendMany([...Array.from({ length: count }, () => other), base, other]);
    if (answers[count - 1]?.outcome === 'rejected' && answers.at(-1)?.outcome === 'rejected')
      return answers[count]?.outcome === 'admitted';
    count = Math.ceil(count * 1.8);
  }
  return true;
}
