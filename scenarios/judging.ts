/** The rules of `evidence.ts` applied: symptoms, causes, cures, sweeps; and how figures read in a sentence. */
import { formatCount, formatDuration, formatShare } from '../src/wording/format.ts';
import {
  DIFFERENCE_MIN,
  REFUSED_SHARE_MAX,
  SYMPTOM_SHARE_MIN,
  VANISHES_SHARE_MIN,
  type Judgement,
  type Reading,
} from './evidence.ts';
import type { Claim } from './scenario.ts';

/** How far a cure goes: it works (helps, within the budget, nothing undone), it only helps, or it does not help. */
export type CureGrade = 'works' | 'helps' | 'does not help';

/** A cell that a claim needs: a strategy, in the scenario as it stands or in a variant. */
export function on(strategy: string, variant = ''): Claim['needs'][number] {
  return { strategy, variant };
}

/** Whether at least 1 % of the calls are refused on every seed. */
export function symptomShows(reading: Reading): boolean {
  return reading.trials > 0 && reading.refusedShareMin >= SYMPTOM_SHARE_MIN;
}

/** Share of the refusals that the named causes have; 0 without refusals. */
export function causeShare(reading: Reading, ...causes: readonly string[]): number {
  const sum = causes.reduce((total, cause) => total + (reading.byCause[cause] ?? 0), 0);
  return reading.refusals === 0 ? 0 : sum / reading.refusals;
}

/** Whether at least 90 % of the refusals are gone. */
export function vanishes(before: Reading, after: Reading): boolean {
  return before.refusals > 0 && before.refusals - after.refusals >= before.refusals * VANISHES_SHARE_MIN;
}

/** Whether two figures differ by less than 10 % of the larger. */
export function isSame(a: number, b: number): boolean {
  return Math.abs(a - b) <= DIFFERENCE_MIN * Math.max(Math.abs(a), Math.abs(b));
}

/** Whether every trial did every job. */
export function completes(reading: Reading): boolean {
  return reading.trialsIncomplete === 0;
}

/** Grades a cure against the client without it. */
export function gradeCure(before: Reading, after: Reading): CureGrade {
  if (!helps(before, after)) return 'does not help';
  return completes(after) && after.refusedShare <= REFUSED_SHARE_MAX ? 'works' : 'helps';
}

function helps(before: Reading, after: Reading): boolean {
  if (after.jobsUndone > before.jobsUndone || after.trialsIncomplete > before.trialsIncomplete) return false;
  const rescues = before.makespanMs === null && after.makespanMs !== null;
  if (rescues) return true;
  const fewer = before.refusals > 0 && before.refusals - after.refusals >= before.refusals * DIFFERENCE_MIN;
  const soonEnough =
    before.makespanMs === null ||
    after.makespanMs === null ||
    after.makespanMs <= before.makespanMs * (1 + DIFFERENCE_MIN);
  return fewer && soonEnough;
}

/** One point of a sweep. */
export interface SweepPoint {
  readonly label: string;
  readonly grade: CureGrade;
}

/** Holds when every point works, refuted when none helps; else depends, with the boundary. */
export function judgeSweep(points: readonly SweepPoint[]): Pick<Judgement, 'verdict' | 'boundary'> {
  if (points.every((point) => point.grade === 'works')) return { verdict: 'holds', boundary: '' };
  if (points.every((point) => point.grade === 'does not help')) return { verdict: 'refuted', boundary: '' };
  return { verdict: 'depends', boundary: boundaryOf(points) };
}

/** Where a sweep turns: `works at 2/s; helps at 5/s; does not help at 10/s, 50/s`. */
export function boundaryOf(points: readonly SweepPoint[]): string {
  const grades: readonly CureGrade[] = ['works', 'helps', 'does not help'];
  return grades
    .map((grade) => ({ grade, labels: points.filter((point) => point.grade === grade).map((point) => point.label) }))
    .filter(({ labels }) => labels.length > 0)
    .map(({ grade, labels }) => `${grade === 'helps' ? 'helps, over the budget' : grade} at ${labels.join(', ')}`)
    .join('; ');
}

/** A bar of refused calls: the share of calls refused. */
export function refusedBar(label: string, reading: Reading, lead = false): Judgement['bars'][number] {
  return { label, value: reading.refusedShare, text: formatShare(reading.refusedShare), lead };
}

/** `31.2 % of calls refused, done in 4m10s`, or what is left undone. */
export function outcome(reading: Reading): string {
  return `${refused(reading)} of calls refused, ${ending(reading)}`;
}

/** `31.2 %`. */
export function refused(reading: Reading): string {
  return formatShare(reading.refusedShare);
}

/** `done in 4m10s`, or `12 of 288 jobs undone`. */
export function ending(reading: Reading): string {
  if (reading.makespanMs !== null && completes(reading)) return `done in ${formatDuration(reading.makespanMs)}`;
  return `${formatCount(reading.jobsUndone)} of ${formatCount(reading.jobs)} jobs undone`;
}

export { formatCount as count, formatDuration as duration, formatShare as share };
