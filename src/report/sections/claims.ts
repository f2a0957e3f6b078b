/** What the threads say, tested: advice (cures and traps) in full, symptoms and causes beside it. */
import type { ClaimResult, ScenarioResults, SuiteResults } from '../../results/results.ts';
import { capitalized, countOf, numberWord } from '../../wording/format.ts';
import type { ClaimRow, Claims, Material } from '../shape.ts';
import { claimWords, sentence } from './words.ts';

/** The claims of all threads. */
export function claimsSection({ results }: Material): Claims {
  const rows = results.scenarios.flatMap((scenario) => scenario.claims.map((claim) => claimRow(scenario, claim)));
  const advice = rows.filter(isAdvice);
  const observed = rows.filter((row) => !isAdvice(row));
  if (rows.length > 0 && rows.every(({ verdict }) => verdict === 'not run')) return notChecked(rows);
  return {
    heading: heading(advice),
    lede: `What people tell each other in the threads, each piece turned into an experiment and decided by ${seedsText(results)}. Advice comes first, then what they saw and what they think lies behind it.`,
    tally: tally(advice),
    advice,
    observedHeading: observedHeading(observed),
    observed,
    note: 'Claims are paraphrased. A verdict is about the modelled platform; where it rests on a reported or assumed limit, that is said beside it.',
  };
}

/** Nothing was decided, so nothing is counted or listed: "none holds" would be read as a finding. */
function notChecked(rows: readonly ClaimRow[]): Claims {
  const reasons = [...new Set(rows.map(({ evidence }) => sentence(evidence)))];
  return {
    heading: 'The threads\u2019 claims were not checked in this run.',
    lede: reasons.join(' '),
    tally: [],
    advice: [],
    observedHeading: '',
    observed: [],
    note: '',
  };
}

/** A claim is decided by the seeds that all its cells share; cells beside the ranking are run with fewer. */
function seedsText({ seeds, scenarios }: SuiteResults): string {
  const beside = scenarios.flatMap(({ cells }) => cells.filter(({ variant }) => variant !== ''));
  const fewest = Math.min(seeds.length, ...beside.map(({ trials }) => trials.length));
  const all = countOf(seeds.length, 'paired seed');
  return fewest === seeds.length ? all : `${all}, by ${numberWord(fewest)} where it needs runs beside the ranking`;
}

/** Advice is what a reader could follow; the rest is what was seen or suspected. */
export function isAdvice({ kind }: { readonly kind: string }): boolean {
  return kind === 'cure' || kind === 'trap';
}

function claimRow(scenario: ScenarioResults, claim: ClaimResult): ClaimRow {
  const most = Math.max(...claim.bars.map(({ value }) => value), Number.MIN_VALUE);
  const sources = new Map(
    [...scenario.policy.limits, ...scenario.policy.penalties, ...scenario.policy.background].map(({ name, source }) => [
      name,
      source,
    ]),
  );
  const limits = claim.restsOn.map((name) => (sources.has(name) ? `${name} (${sources.get(name)})` : name));
  return {
    id: claim.id,
    anchor: `claim-${claim.id.replace(/[^a-z0-9]+/gi, '-')}`,
    scenario: scenario.name,
    kind: claim.kind,
    says: claim.says,
    verdict: claim.verdict,
    word: claimWords[claim.verdict].word,
    evidence: claim.evidence,
    boundary: claim.boundary,
    bars: claim.bars.map(({ label, text, value, lead }) => ({ label, text, lead, share: Math.max(0, value / most) })),
    restsOn: limits.length === 0 ? '' : `rests on ${limits.join(', ')}`,
  };
}

const counted = (rows: readonly ClaimRow[], verdict: ClaimRow['verdict']) =>
  rows.filter((row) => row.verdict === verdict).length;

function heading(advice: readonly ClaimRow[]): string {
  const total = advice.length;
  const holds = counted(advice, 'holds');
  if (total === 0) return 'The threads give no advice that was tested.';
  const of = `Of ${countOf(total, 'piece of advice', 'pieces of advice')}, `;
  if (holds === total) return `${of}all hold as written.`;
  if (holds === 0) return `${of}none holds as written.`;
  return `${of}${numberWord(holds)} ${holds === 1 ? 'holds' : 'hold'} as written.`;
}

function observedHeading(observed: readonly ClaimRow[]): string {
  const total = observed.length;
  const holds = counted(observed, 'holds');
  if (total === 0) return 'The threads report nothing else that was tested.';
  const what = countOf(total, 'reported symptom or cause', 'reported symptoms and causes');
  if (holds === total) return `All of ${what} appear in this model.`;
  return `${capitalized(numberWord(holds))} of ${what} ${holds === 1 ? 'appears' : 'appear'} in this model.`;
}

function tally(advice: readonly ClaimRow[]): Claims['tally'] {
  const words: readonly (readonly [ClaimRow['verdict'], string, string, string])[] = [
    ['holds', 'holds', 'hold', 'true as written'],
    ['depends', 'depends', 'depend', 'true under a stated condition'],
    ['refuted', 'is refuted', 'are refuted', 'false in this model'],
    ['not run', 'was not run', 'were not run', 'left out of this run'],
  ];
  return words.flatMap(([verdict, one, many, note]) => {
    const count = counted(advice, verdict);
    return count === 0 && verdict === 'not run' ? [] : [{ verdict, count, word: count === 1 ? one : many, note }];
  });
}
