/** The gate's result from its checks: outcome, headline, remarks about the baseline itself, the next command. Pure. */
import type { Baseline } from './baseline.ts';
import type { Measurement } from './measurement.ts';
import { type Check, type GateOutcome, type GateResult, type Remark, tally, UNSETTLED, VERDICTS } from './verdict.ts';

/** A baseline older than this is stale, in days. */
export const BASELINE_DAYS_MAX = 90;
const DAY_MS = 86_400_000;

/** What the result is made of, besides the checks. */
export interface GateSetting {
  readonly file: string;
  readonly baseline: Baseline;
  readonly now: Measurement;
  /** This build's version. */
  readonly tool: string;
  /** Epoch ms. */
  readonly nowMs: number;
  readonly interrupted: boolean;
  /** Globs of thresholds that match no check. */
  readonly idleThresholds: readonly string[];
}

/** The result where there is a baseline. */
export function gateResult(checks: readonly Check[], setting: GateSetting): GateResult {
  const { file, baseline } = setting;
  const remarks = remarksOn(checks, setting);
  const outcome = outcomeOf(checks, remarks);
  return {
    schemaVersion: 1,
    outcome,
    headline: headlineOf(checks, outcome, remarks),
    baseline: { file, commit: baseline.commit, madeAt: baseline.madeAt },
    remarks,
    checks,
    next: nextCommand(checks, remarks, setting),
  };
}

/** The result where there is none: never silent. */
export function noBaseline(file: string): GateResult {
  const remark: Remark = {
    name: 'no baseline',
    text: `there is no file ${file}, so nothing was checked`,
    blocks: true,
  };
  return {
    schemaVersion: 1,
    outcome: 'inconclusive',
    headline: headlineOf([], 'inconclusive', [remark]),
    baseline: null,
    remarks: [remark],
    checks: [],
    next: 'ratelab baseline save',
  };
}

/** Fails on a regression at level error; settles nothing while a check or the baseline itself leaves something open. */
function outcomeOf(checks: readonly Check[], remarks: readonly Remark[]): GateOutcome {
  const errors = checks.filter(({ level }) => level === 'error');
  if (errors.some(({ verdict }) => verdict === 'regressed')) return 'failed';
  const open = errors.some(({ verdict }) => UNSETTLED.has(verdict)) || remarks.some(({ blocks }) => blocks);
  return open ? 'inconclusive' : 'passed';
}

const OUTCOME_WORDS: Readonly<Record<GateOutcome, string>> = {
  passed: 'Gate passed',
  failed: 'GATE FAILED',
  inconclusive: 'GATE INCONCLUSIVE',
};

function headlineOf(checks: readonly Check[], outcome: GateOutcome, remarks: readonly Remark[]): string {
  const counts = tally(checks);
  const parts = VERDICTS.filter((verdict) => counts[verdict] > 0).map((verdict) => `${counts[verdict]} ${verdict}`);
  const named = remarks.filter(({ blocks }) => blocks).map(({ name }) => name);
  return `${OUTCOME_WORDS[outcome]}: ${[...parts, ...named].join(' · ')}`;
}

function remarksOn(checks: readonly Check[], setting: GateSetting): Remark[] {
  const { baseline, interrupted, idleThresholds } = setting;
  const remarks: Remark[] = [];
  if (interrupted)
    remarks.push({ name: 'interrupted', text: 'the run was stopped before all was checked', blocks: true });
  if (checks.length === 0)
    remarks.push({ name: 'zero checks', text: 'the baseline and the thresholds leave nothing to check', blocks: true });
  if (idleThresholds.length > 0)
    remarks.push({
      name: 'idle threshold',
      text: `no check is named like ${idleThresholds.join(', ')}, so nothing is held against it`,
      blocks: true,
    });
  if (baseline.heldOutSeeds.length === 0)
    remarks.push({
      name: 'no held-out seeds',
      text: 'nothing could be confirmed on fresh seeds: Holm\u2019s correction instead, which finds less',
      blocks: false,
    });
  return [...remarks, ...ageRemarks(setting), ...packageRemarks(setting), ...movedRemarks(checks)];
}

function ageRemarks({ baseline, tool, nowMs }: GateSetting): Remark[] {
  const days = Math.floor((nowMs - Date.parse(baseline.madeAt)) / DAY_MS);
  const remarks: Remark[] = [];
  if (days > BASELINE_DAYS_MAX)
    remarks.push({
      name: 'stale baseline',
      text: `it was made ${days} days ago; more than ${BASELINE_DAYS_MAX} is stale`,
      blocks: true,
    });
  // A day for clocks that differ: what was made in the future would never grow stale.
  if (days < -1)
    remarks.push({ name: 'stale baseline', text: `its date, ${baseline.madeAt}, lies in the future`, blocks: true });
  if (baseline.tool !== tool)
    remarks.push({
      name: 'other version',
      text: `ratelab ${baseline.tool} made it, this is ${tool}: what changed may be ratelab`,
      blocks: true,
    });
  return remarks;
}

/** An upgrade is what is tested; it is named, so that nobody looks for a cause elsewhere. */
function packageRemarks({ baseline, now }: GateSetting): Remark[] {
  const versions = (of: Measurement) =>
    new Map(
      of.scenarios
        .flatMap(({ strategies }) => strategies)
        .flatMap(({ packages }) => packages.map(({ name, version }) => [name, version] as const)),
    );
  const [before, after] = [versions(baseline), versions(now)];
  const changed = [...after].filter(([name, version]) => before.has(name) && before.get(name) !== version);
  if (changed.length === 0) return [];
  const text = changed.map(([name, version]) => `${name} ${before.get(name)} → ${version}`).join(', ');
  return [{ name: 'packages changed', text, blocks: false }];
}

/** Improvements never move the baseline by themselves; but what is not written down can be lost again without a word. */
function movedRemarks(checks: readonly Check[]): Remark[] {
  const improved = tally(checks).improved;
  if (improved === 0) return [];
  const text = `${improved} checks improved: accept them, and the gate will hold the new level`;
  return [
    { name: 'baseline could move', text: improved === 1 ? text.replace('checks', 'check') : text, blocks: false },
  ];
}

function nextCommand(checks: readonly Check[], remarks: readonly Remark[], { file, baseline }: GateSetting): string {
  const given =
    file === 'ratelab.baseline.json' ? '' : ` --baseline ${/^[\w./-]+$/.test(file) ? file : JSON.stringify(file)}`;
  const accept = `ratelab baseline accept${given} --why "..."`;
  const regressed = checks.find(({ verdict }) => verdict === 'regressed');
  if (regressed !== undefined) return replayOf(regressed, baseline) ?? accept;
  const counts = tally(checks);
  if (counts['not comparable'] > 0 || counts.missing > 0 || counts.improved > 0) return accept;
  return remarks.some(({ name }) => name === 'stale baseline' || name === 'other version') ? accept : '';
}

/** The first seed of the cell, event by event. */
function replayOf({ scenario, strategy }: Check, baseline: Baseline): string | null {
  const found = baseline.scenarios.find((each) => each.scenario === scenario);
  const cell = found?.strategies.find((each) => each.strategy === strategy);
  if (found === undefined || cell === undefined) return null;
  const quoted = (word: string) => (/^[\w./,:=+-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`);
  return `ratelab replay ${quoted(found.source)} ${quoted(cell.source)} --seed ${baseline.seeds[0] ?? 1}`;
}
