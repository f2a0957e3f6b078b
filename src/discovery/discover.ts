/**
 * The whole of a discovery: the surroundings first, then limit after limit, and in the end what could not be known. Whatever interrupts it (the
 * budget, the user), what was known by then is the answer.
 */
import type { DiscoveryResults, UnknownFact } from '../results/discovery-results.ts';
import type { BlackBox } from './black-box.ts';
import { type Exclusion, Exploration } from './explore/exploration.ts';
import { explore, isQuiet } from './explore/explore.ts';
import { foundLimits, spentOf } from './explore/findings.ts';
import { identifyByManner } from './explore/identify-by-manner.ts';
import type { Identify } from './explore/settle.ts';
import { withHints } from './hints/hints-of.ts';
import { counting, countsByRecord } from './identify/counts-by-record.ts';
import { checkWholeRecord } from './joint/whole-record.ts';
import { noiseOf } from './noise/noise.ts';
import { goesByItself } from './noise/real-time.ts';
import {
  BudgetSpentError,
  isStop,
  PenaltySuspectedError,
  type ProbeBudget,
  Prober,
  type ProberOptions,
  UnreachableError,
} from './prober.ts';

/** What a discovery found: the results file without what only its caller knows. */
export type Findings = Omit<DiscoveryResults, 'tool' | 'mode' | 'target' | 'verification'>;

/** Options of {@link discover}: beside what is listed: the options of {@link Prober}. `signal` ends the discovery; what was known by then is the answer. */
export interface DiscoverOptions extends Omit<ProberOptions, 'budget' | 'inFlight'> {
  readonly budget: ProbeBudget;
  /** Most probes under way at once. Default 8192. */
  readonly inFlight?: number;
  /** How far to look for more at each stage. Default: 5500 requests, two hours of the gateway's time. */
  readonly exclusion?: Exclusion;
  /** How one stream is identified. Default: by manner and by what disturbs the measurement. */
  readonly identify?: Identify;
  /** Whether time is real, so that no time is exact. Default: whether the clock of the box goes on by itself. */
  readonly isReal?: boolean;
}

const EXCLUSION: Exclusion = { requests: 5500, overMs: 7_200_000 };

/** Discovers the limits of a gateway. */
export async function discover(box: BlackBox, options: DiscoverOptions): Promise<Findings> {
  const { inFlight = 8192, exclusion = EXCLUSION, budget, signal, isReal = goesByItself(box.clock) } = options;
  const prober = new Prober(box, { ...options, inFlight });
  const exploration = new Exploration(box, prober, exclusion, isReal);
  const startedAtMs = prober.nowMs;
  let complete = true;
  try {
    const { defy = false, identify = identifyByManner(defy, exclusion, budget.timeMs, isReal) } = options;
    await explore(exploration, identify);
  } catch (error) {
    if (!isStop(error) && signal?.aborted !== true) throw error;
    // Nobody is there: that is no answer.
    if (error instanceof UnreachableError && prober.events.every(({ outcome }) => outcome === 'unknown')) throw error;
    complete = false;
    exploration.say(whyStopped(error));
  }
  sayRefused(exploration);
  const ranMs = prober.nowMs - startedAtMs;
  const { errorShare, errorsCharge, jitterMs, jitterFrom, backgroundShare } = noiseOf(prober.events, isReal);
  if (!isReal && !exploration.othersUse && jitterFrom !== 'rejected' && !prober.losesSome) readCounts(exploration);
  if (isQuiet(exploration)) checkWholeRecord(exploration, complete);
  return {
    schemaVersion: 1,
    kind: 'discovery',
    identities: box.identities.map(({ name, labels }) => ({ name, labels: { ...labels } })),
    routes: box.routes.map(({ name, method, path }) => ({ name, method, path })),
    complete,
    startedAtMs,
    ranMs,
    ...withHints(exploration, foundLimits(exploration)),
    unknown: exploration.unknown,
    exclusions: exploration.exclusions,
    noise: {
      errorShare,
      errorsCharge,
      jitterMs: jitterFrom === 'rejected' ? jitterMs : 0,
      backgroundShare,
      enforcementLagMs: hasCharges(exploration) ? exploration.lagMs : null,
    },
    penalty: prober.penaltySign,
    budget,
    spent: spentOf(exploration, ranMs),
  };
}

/** Whether any limit charges: places are taken and given back at once, so that limits of nothing else say nothing of a lag. */
function hasCharges({ limits }: Exploration): boolean {
  return limits.length === 0 || limits.some(({ known: { hypothesis } }) => hypothesis.shape.kind !== 'concurrency');
}

/** Whether limits count what they reject, where only the record as a whole tells. */
function readCounts(exploration: Exploration): void {
  const { limits, box, prober } = exploration;
  const open = limits.flatMap(({ countsKnown, alternatives }, at) =>
    countsKnown || alternatives.length > 0 ? [] : [at],
  );
  const known = limits.map((limit) => limit.known);
  const counts = countsByRecord(known, open, box.identities, prober.events);
  if (counts.size === 0) return;
  exploration.replace(
    limits.map((limit, at) => {
      const said = counts.get(at);
      return said === undefined ? limit : { ...limit, known: counting(limit.known, said), countsKnown: true };
    }),
  );
}

/** Routes that never did what they are for: limits may not count what fails. */
function sayRefused(exploration: Exploration): void {
  const seen = exploration.box.routes.map(() => new Set<number>());
  for (const { route, status } of exploration.prober.events) if (status !== 429) seen[route]?.add(status);
  for (const [at, { name }] of exploration.box.routes.entries()) {
    const statuses = seen[at] as Set<number>;
    if (statuses.size === 0 || [...statuses].some((status) => status < 400)) continue;
    const why = `It was never answered with success, but with ${[...statuses].sort((a, b) => a - b).join(', ')}: limits may not count such requests.`;
    exploration.say({ what: `what limits ${name} when it works`, kind: 'not-identifiable', why });
  }
}

function whyStopped(error: unknown): UnknownFact {
  const what = 'the rest';
  const message = error instanceof Error ? error.message : 'stopped';
  if (error instanceof BudgetSpentError)
    return { what, kind: 'budget', why: `The budget ended before the discovery did: ${message}.` };
  const because = error instanceof PenaltySuspectedError || error instanceof UnreachableError ? `: ${message}` : '';
  return { what, kind: 'stopped', why: `The discovery was stopped before its end${because}.` };
}
