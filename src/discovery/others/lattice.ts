/** What single requests of a limit that is kept full come by: evenly, or several at a step. Pure. */
import type { ProbeEvent } from '../record.ts';
import type { Bracket } from './epoch-windows.ts';
import { takeOf } from './hands.ts';

/** See the head of this file. */
export interface Lattice {
  /** Most that came between two looks, in requests that were due then. */
  readonly most: number;
  /** What was due between two looks. */
  readonly due: number;
  readonly everyMs: number;
  /** Requests per ms. */
  readonly perMs: number;
  /** Relative, either way. */
  readonly sure: number;
  /** What came in all, and what was due. */
  readonly many: number;
  readonly dueInAll: number;
  /** When something came after nothing was left. */
  readonly comings: readonly Bracket[];
}

/** Reads looks at about `perMs`. `blurMs`: how much later than sent a probe may be decided. */
export function latticeOf(looks: readonly (readonly ProbeEvent[])[], perMs: number, blurMs: number): Lattice {
  const all = looks.map((events) => takeOf(events[0]?.sentMs ?? 0, events, blurMs));
  // What came while the first answers were under way is not taken at one look.
  const takes = all.slice(
    Math.max(
      0,
      all.findIndex(({ full }) => full),
    ),
  );
  const passed = takes.filter(({ admitted }) => admitted > 0);
  const everyMs = ((takes.at(-1)?.atMs ?? 0) - (takes[0]?.atMs ?? 0)) / Math.max(1, takes.length - 1);
  const [first] = passed;
  const last = passed.at(-1);
  let perMsSeen = perMs;
  let sure = 0.25;
  if (first !== undefined && last !== undefined && passed.length >= 8) {
    const overMs = last.atMs - first.atMs;
    const many = passed.slice(1).reduce((sum, { admitted }) => sum + admitted, 0);
    perMsSeen = many / overMs;
    sure = (2 * everyMs) / overMs + 1 / many;
  }
  return {
    most: Math.max(0, ...takes.slice(1).map(({ admitted }) => admitted)),
    due: everyMs * perMs,
    everyMs,
    perMs: perMsSeen,
    sure,
    many: takes.reduce((sum, { admitted }) => sum + admitted, 0),
    dueInAll: everyMs * perMs * takes.length,
    comings: takes.flatMap(({ untilMs, admitted }, at) => {
      const before = takes[at - 1];
      return before?.full === true && admitted > 0 ? [{ fromMs: before.atMs, toMs: untilMs }] : [];
    }),
  };
}
