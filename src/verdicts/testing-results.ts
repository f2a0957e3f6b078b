/** Invented results for the tests: only what a verdict reads is chosen, everything else is plain. */
import type { CellResult, ScenarioResults, SuiteResults, TrialResult } from '../results/results.ts';

/** One trial; unless said, a hundred jobs done in `makespanMs` with nothing refused. */
export interface TrialDraft {
  readonly makespanMs: number;
  /** Of 1,000 attempts. */
  readonly rejected?: number;
  readonly failed?: number;
  readonly lost?: number;
  readonly failure?: TrialResult['failure'];
}

/** A measured trial. */
export function trialOf(seed: number, draft: TrialDraft): TrialResult {
  const { makespanMs, rejected = 0, failed = 0, lost = 0, failure = null } = draft;
  const percentiles = { p50: 10, p90: 20, p95: makespanMs / 10, p99: null, max: 30 };
  return {
    seed,
    failure,
    metrics: {
      makespanMs,
      jobs: { total: 100, done: 100 - failed - lost, failed, lost, doubled: 0 },
      attempts: { total: 1000, admitted: 1000 - rejected, rejected, cancelled: 0 },
      rejectionsByCause: rejected === 0 ? {} : { 'per org': rejected },
      rejectionsByStatus: rejected === 0 ? {} : { 429: rejected },
      wastedShare: rejected / 1000,
      waitMs: percentiles,
      waitQuantilesMs: [],
      timeMs: { queued: 1, held: 2, backingOff: 3, inService: 4 },
      fairness: { jain: 1, worstOrg: 'org-01', worstOrgSlowdown: 1.5, longestStarvationMs: 100 },
      penalties: { blocks: 0, unavailable: 0, bans: 0 },
      idleShare: 0.1,
      bound: { ms: 1000, limit: 'per org', kind: 'token bucket' },
      boundRatio: makespanMs / 1000,
    },
    digest: `${seed}`,
  };
}

/** A cell from one draft per seed. */
export function cellOf(strategy: string, trials: readonly TrialDraft[], variant = ''): CellResult {
  return {
    variant,
    strategy,
    title: `The ${strategy}`,
    family: 'reacts',
    what: '',
    trials: trials.map((draft, index) => trialOf(index + 1, draft)),
  };
}

/** `count` drafts around `ms`: seeds share their ups and downs of 5 %, each strategy (by `own`) adds a little of its own. */
export function around(ms: number, count: number, own = 0, draft: Omit<TrialDraft, 'makespanMs'> = {}): TrialDraft[] {
  return Array.from({ length: count }, (_, seed) => ({
    ...draft,
    makespanMs: ms * (1 + 0.05 * Math.sin(seed * 7.3) + own * Math.sin(seed * 12.9898 + own * 1000)),
  }));
}

/** A scenario of these cells with a budget of 20 %. */
export function scenarioOf(cells: readonly CellResult[], fields: Partial<ScenarioResults> = {}): ScenarioResults {
  return {
    name: 'scenario',
    title: 'A scenario',
    thread: { says: [], advice: [] },
    policy: {} as ScenarioResults['policy'],
    facts: [],
    parameters: {},
    refusedShareMax: 0.2,
    proposal: '',
    cells,
    claims: [],
    timelines: [],
    ...fields,
  };
}

/** A suite of these scenarios. */
export function suiteOf(scenarios: readonly ScenarioResults[]): SuiteResults {
  return {
    schemaVersion: 1,
    tool: { name: 'ratelab', version: '0.0.0' },
    mode: 'virtual',
    seeds: [],
    digest: '',
    complete: true,
    replay: '',
    scenarios,
  };
}
