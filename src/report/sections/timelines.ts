/** What happened, and when: two runs side by side as lanes, and their refusals by organization. */
import type { ScenarioResults, Timeline } from '../../results/results.ts';
import type { ScenarioVerdict } from '../../verdicts/verdict.ts';
import { countOf, formatCount, formatDuration, formatShare } from '../../wording/format.ts';
import type { Tone } from '../charts/kit.ts';
import type { Heat, Lanes, Table } from '../shape.ts';
import type { Focus } from './focus.ts';

/** Most bins drawn in one lane and most columns of a heat map; finer timelines are merged, keeping peaks. */
const laneBinsMax = 160;
const heatColumnsMax = 60;
const heatRowsMax = 14;

interface Run {
  readonly timeline: Timeline;
  readonly title: string;
  readonly tone: Tone;
}

/** The thread's proposal first, the pick second (or the lowest, where no timeline of the pick was kept): the order in which a reader meets them. */
function runsOf(results: ScenarioResults, verdict: ScenarioVerdict, focus: Focus): Run[] {
  const kept = (spec: string | null | undefined) => results.timelines.find(({ strategy }) => strategy === spec);
  const other = kept(focus.other?.strategy);
  const leads = [kept(focus.lead?.strategy), kept(verdict.finding.lowest), ...results.timelines];
  const lead = leads.find((timeline) => timeline && timeline !== other);
  const titleOf = (spec: string) => verdict.cells.find(({ strategy }) => strategy === spec)?.title ?? spec;
  const run = (timeline: Timeline | undefined, tone: Run['tone']) =>
    timeline ? [{ timeline, title: titleOf(timeline.strategy), tone }] : [];
  const first = other ?? results.timelines.find((timeline) => timeline !== lead);
  return [
    ...run(first, first === other ? 'other' : 'rest'),
    ...run(lead, lead?.strategy === focus.lead?.strategy ? 'lead' : 'rest'),
  ];
}

const total = (counts: readonly number[]) => counts.reduce((sum, count) => sum + count, 0);
const durationMs = ({ binMs, admitted }: Timeline) => binMs * admitted.length;

/** The lanes, or null where no timeline was kept. */
export function lanesOf(results: ScenarioResults, verdict: ScenarioVerdict, focus: Focus): Lanes | null {
  const runs = runsOf(results, verdict, focus);
  const first = runs[0];
  if (!first) return null;
  const endMs = Math.max(...runs.map(({ timeline }) => durationMs(timeline)));
  const scale = lanesScale(runs.map(({ timeline }) => merged(timeline)));
  const seeds = [...new Set(runs.map(({ timeline }) => timeline.seed))];
  return {
    heading: lanesHeading(runs),
    note: `${seeds.length === 1 ? `Same seed (${seeds[0]})` : `Seeds ${seeds.join(' and ')}`}, one clock, same scales. Level: what is left in the most used bucket of the limit that binds. Calls: accepted up, refused down.`,
    seed: first.timeline.seed,
    runs: runs.map((run) => laneRun(run, endMs, scale)),
    table: lanesTable(runs, endMs),
  };
}

function laneRun(
  { timeline, title, tone }: Run,
  endMs: number,
  scale: ReturnType<typeof lanesScale>,
): Lanes['runs'][number] {
  const lane = merged(timeline);
  const perSecond = (counts: readonly number[]) => counts.map((count) => significant((count * 1000) / lane.binMs));
  return {
    strategy: timeline.strategy,
    title,
    note: `${formatDuration(activeMs(timeline))}, ${formatCount(total(timeline.rejected))} refused`,
    data: {
      tone,
      binMs: lane.binMs,
      endMs,
      bucket:
        timeline.bucket && lane.free
          ? {
              limit: timeline.bucket.limit,
              key: timeline.bucket.key,
              capacity: timeline.bucket.capacity,
              free: lane.free.map(significant),
            }
          : null,
      accepted: perSecond(lane.admitted),
      refused: perSecond(lane.rejected),
      backlog: lane.backlog,
      penalties: timeline.penalties.map(({ name, key, fromMs, toMs }) => ({
        name,
        key,
        fromMs: fromMs - timeline.startsAtMs,
        toMs: Math.min(toMs - timeline.startsAtMs, endMs),
      })),
      ...scale,
    },
  };
}

/** Until the last bin in which anything happened. */
function activeMs(timeline: Timeline): number {
  const last = timeline.admitted.findLastIndex(
    (count, index) => count > 0 || (timeline.rejected[index] ?? 0) > 0 || (timeline.backlog[index] ?? 0) > 0,
  );
  return (last + 1) * timeline.binMs;
}

const significant = (value: number) => Number(value.toPrecision(3));

interface Lane {
  readonly binMs: number;
  readonly admitted: readonly number[];
  readonly rejected: readonly number[];
  readonly backlog: readonly number[];
  readonly free: readonly number[] | null;
}

/** Coarser bins: counts add up, the level keeps its lowest, the backlog its highest, so that no peak is lost. */
function merged(timeline: Timeline): Lane {
  const size = Math.ceil(timeline.admitted.length / laneBinsMax);
  const groups = (values: readonly number[]) =>
    Array.from({ length: Math.ceil(values.length / size) }, (_, index) =>
      values.slice(index * size, (index + 1) * size),
    );
  return {
    binMs: timeline.binMs * size,
    admitted: groups(timeline.admitted).map(total),
    rejected: groups(timeline.rejected).map(total),
    backlog: groups(timeline.backlog).map((group) => Math.max(...group)),
    free: timeline.bucket ? groups(timeline.bucket.free).map((group) => Math.min(...group)) : null,
  };
}

/** Scales that all lanes of a scenario share. Refusals far above the greatest accepted rate are clipped and labelled. */
function lanesScale(lanes: readonly Lane[]) {
  const peak = (pick: (lane: Lane) => readonly number[]) =>
    Math.max(1, ...lanes.flatMap((lane) => pick(lane).map((count) => (count * 1000) / lane.binMs)));
  const callsMax = roundUp(peak(({ admitted }) => admitted));
  const refused = roundUp(peak(({ rejected }) => rejected));
  return {
    callsMax,
    refusedMax: refused <= callsMax * 3 ? refused : callsMax,
    backlogMax: roundUp(Math.max(1, ...lanes.flatMap(({ backlog }) => backlog))),
  };
}

/** The next round number: 1, 1.5, 2, 3, 4, 5, 6, 8 times a power of ten. */
function roundUp(value: number): number {
  const power = 10 ** Math.floor(Math.log10(value));
  const step = [1, 1.5, 2, 3, 4, 5, 6, 8, 10].find((factor) => factor * power >= value * 0.999) ?? 10;
  return Number((step * power).toPrecision(3));
}

function lanesHeading(runs: readonly Run[]): string {
  const refusals = ({ timeline }: Run) =>
    total(timeline.rejected) === 0 ? 'no refusal' : refusalCount(total(timeline.rejected));
  const [first, second] = runs;
  if (!first) return '';
  if (!second) return `${first.title} meets ${refusals(first)} in ${formatDuration(activeMs(first.timeline))}`;
  const half = (run: Run) => firstHalf(run.timeline);
  const burst =
    half(first) > 0.5 && total(first.timeline.rejected) > 20
      ? `, ${formatShare(half(first))} of them in the first tenth`
      : '';
  return `On one seed, ${first.title} meets ${refusals(first)}${burst}; ${second.title} meets ${refusals(second)}`;
}

/** Share of a run's refusals that fall into its first tenth. */
function firstHalf(timeline: Timeline): number {
  const all = total(timeline.rejected);
  return all === 0 ? 0 : total(timeline.rejected.slice(0, Math.ceil(timeline.rejected.length / 10))) / all;
}

/** Twelve moments of both runs, for readers without the chart. */
function lanesTable(runs: readonly Run[], endMs: number): Table {
  const moments = Array.from({ length: 12 }, (_, index) => (index * endMs) / 12);
  const between = (counts: readonly number[], binMs: number, fromMs: number) =>
    total(counts.slice(Math.round(fromMs / binMs), Math.round((fromMs + endMs / 12) / binMs)));
  return {
    columns: ['From', ...runs.flatMap(({ title }) => [`${title}: accepted`, 'refused', 'waiting'])],
    rows: moments.map((fromMs) => [
      formatDuration(fromMs),
      ...runs.flatMap(({ timeline }) => [
        formatCount(between(timeline.admitted, timeline.binMs, fromMs)),
        formatCount(between(timeline.rejected, timeline.binMs, fromMs)),
        formatCount(timeline.backlog[Math.round(fromMs / timeline.binMs)] ?? 0),
      ]),
    ]),
  };
}

/** The heat maps, or null where no timeline was kept. */
export function heatOf(results: ScenarioResults, verdict: ScenarioVerdict, focus: Focus): Heat | null {
  const runs = runsOf(results, verdict, focus);
  if (runs.length === 0) return null;
  const maps = runs.map((run) => heatRun(run));
  // One organization has nobody to be compared with.
  if (maps.every(({ rows }) => rows.length < 2)) return null;
  const counts = maps.flatMap(({ rows }) => rows.flatMap((row) => row.counts)).filter((count) => count > 0);
  return {
    heading: heatHeading(maps),
    note: `Refused calls by organization and time, same seed. ${runs.some(({ timeline }) => timeline.heat.orgs.length > heatRowsMax) ? `The ${countOf(heatRowsMax, 'organization')} refused most, worst first.` : 'Worst first.'}`,
    steps: heatSteps(counts),
    endMs: Math.max(...runs.map(({ timeline }) => durationMs(timeline))),
    runs: maps.map(({ title, note, binMs, rows }) => ({ title, note, binMs, rows })),
  };
}

type HeatRun = ReturnType<typeof heatRun>;

function heatRun({ timeline: { heat }, title }: Run) {
  const size = Math.ceil((heat.rejections[0]?.length ?? 1) / heatColumnsMax);
  const columns = (counts: readonly number[]) =>
    Array.from({ length: Math.ceil(counts.length / size) }, (_, index) =>
      total(counts.slice(index * size, (index + 1) * size)),
    );
  const all = heat.rejections.map((counts, index) => ({
    org: heat.orgs[index] ?? 'other',
    total: total(counts),
    counts: columns(counts),
  }));
  const named = all
    .filter(({ org }) => org !== 'other')
    .toSorted((a, b) => b.total - a.total || (a.org < b.org ? -1 : 1));
  const refused = named.filter((row) => row.total > 0);
  const shown = named.slice(0, heatRowsMax);
  const sum = total(all.map((row) => row.total));
  return {
    title,
    note:
      refused.length === 0
        ? 'nothing refused'
        : heatNote(refused.length, named.length, sum - total(shown.map((row) => row.total))),
    binMs: heat.binMs * size,
    rows: shown,
    worst: refused[0] ?? null,
    refusedOrgs: refused.length,
    sum,
  };
}

function heatNote(refused: number, orgs: number, elsewhere: number): string {
  const note = `${formatCount(refused)} of ${formatCount(orgs)} organizations refused at least once`;
  return elsewhere === 0 ? note : `${note}; rows not drawn hold ${refusalCount(elsewhere)}`;
}

/** Upper ends of at most five classes: roughly equal numbers of cells, always rising, the last one the greatest count. */
function heatSteps(counts: readonly number[]): number[] {
  const sorted = counts.toSorted((a, b) => a - b);
  const ends = [0.3, 0.55, 0.75, 0.9, 1].map(
    (share) => sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 1,
  );
  return [...new Set(ends)];
}

function heatHeading(maps: readonly HeatRun[]): string {
  const [first, second] = maps.filter(({ worst }) => worst !== null).toSorted((a, b) => b.sum - a.sum);
  if (!first?.worst) return 'No organization is refused';
  const rest = maps.find((map) => map !== first);
  const other = second
    ? `; with ${second.title} it is ${worstOf(second)}`
    : rest
      ? `; with ${rest.title} none is refused`
      : '';
  // Twice an even share is still even for a report's heading.
  const even = first.worst.total * first.refusedOrgs <= first.sum * 2 && first.refusedOrgs > 2;
  if (even)
    return `With ${first.title} the refusals spread over ${formatCount(first.refusedOrgs)} organizations; most has ${worstOf(first)}`;
  return `With ${first.title} the worst-hit organization is ${worstOf(first)}${other}`;
}

/** `1 refusal`, `1,205 refusals`. */
function refusalCount(count: number): string {
  return `${formatCount(count)} refusal${count === 1 ? '' : 's'}`;
}

function worstOf({ worst, sum }: HeatRun): string {
  return `${worst?.org}, ${formatCount(worst?.total ?? 0)} of ${refusalCount(sum)}`;
}
