/** What thread 4 claims, as checks. */
import { BACKOFF, FIXED_DELAY, NONE, REMAINING_GATE, RETRY_AFTER } from './common-strategies.ts';
import { claimOf, type Reading } from './evidence.ts';
import {
  completes,
  count,
  duration,
  ending,
  gradeCure,
  isSame,
  judgeSweep,
  on,
  outcome,
  refusedBar,
} from './judging.ts';
import type { Claim } from './scenario.ts';

const backoffFrom = (baseMs: number) => `backoff:jitter=full,baseMs=${baseMs},capMs=${Math.max(30_000, baseMs)}`;

/** All of the thread's advice: Retry-After exactly (5 s when absent), and waiting while Remaining is 0. */
export const PROPOSAL = REMAINING_GATE;
/** Retry-After exactly, 5 s when absent. */
const OBEYS = RETRY_AFTER;
/** Backoff that never waits less than half a window: half of it fixed, half at random, from two minutes. */
export const PATIENT_BACKOFF = 'backoff:jitter=equal,baseMs=120000,capMs=120000';
/** Again at once. */
export const HAMMER = 'immediate-retry';

const BUCKET = 'tenant-analytics';
const RESTS_ON = [BUCKET];
const RESTS_ON_PENALTY = [BUCKET, 'defiance'];
const BACKOFF_BASES_MS = [1000, 10_000, 60_000];

const penaltiesOf = ({ penalties }: Reading) => penalties.blocks + penalties.unavailable + penalties.bans;

/** Every row of thread 4. */
export const dailyExportClaims: readonly Claim[] = [
  claimOf({
    id: '4.1',
    kind: 'symptom',
    says: 'A daily job over 300 s intervals hits 429 after fifty intervals.',
    needs: [on(NONE), on(NONE, '40-intervals'), on(NONE, '50-intervals'), on(NONE, '51-intervals')],
    restsOn: RESTS_ON,
    judge: (read) => {
      const naive = read(NONE);
      const [forty, fifty, next] = ['40-intervals', '50-intervals', '51-intervals'].map((variant) =>
        read(NONE, variant),
      ) as [Reading, Reading, Reading];
      const holds = forty.refusals === 0 && fifty.refusals === 0 && next.trialsIncomplete === next.trials;
      return {
        verdict: holds && naive.trialsIncomplete === naive.trials ? 'holds' : 'refuted',
        evidence: `Alone in its tenant the job has ${count(fifty.refusals)} refusals over 50 intervals and ${count(next.refusals)} over 51. With the tenant’s other analytics beside it, the first 429 comes after ${count(naive.jobsDone)} intervals on average.`,
        boundary: '',
        bars: [
          { label: 'intervals before the first 429', value: naive.jobsDone, text: count(naive.jobsDone), lead: true },
          { label: 'alone in the tenant', value: next.jobsDone, text: count(next.jobsDone), lead: false },
        ],
      };
    },
  }),
  claimOf({
    id: '4.2',
    kind: 'cause',
    says: 'A strict tenant-wide bucket for analytics, reset by tenant load and not by the clock.',
    needs: [
      on(OBEYS),
      on(OBEYS, 'idle-tenant'),
      on(OBEYS, 'busy-tenant'),
      on(OBEYS, 'at-14'),
      on(OBEYS, 'half-minute'),
    ],
    restsOn: RESTS_ON,
    judge: (read) => {
      const [base, idle, busy] = [read(OBEYS), read(OBEYS, 'idle-tenant'), read(OBEYS, 'busy-tenant')];
      const [afternoon, half] = [read(OBEYS, 'at-14'), read(OBEYS, 'half-minute')];
      const byLoad = (busy.makespanMs ?? 0) > (idle.makespanMs ?? Infinity) * 1.1;
      const byClock = [afternoon, half].some((other) => !isSame(other.makespanMs ?? 0, base.makespanMs ?? 0));
      return {
        verdict: byLoad && !byClock ? 'holds' : byLoad || !byClock ? 'depends' : 'refuted',
        evidence: `On this model: ${duration(idle.makespanMs)} in an idle tenant, ${duration(base.makespanMs)} with 0.1 other calls a second, ${duration(busy.makespanMs)} with 0.5. At 14:00 with the same load ${duration(afternoon.makespanMs)}, half a minute later ${duration(half.makespanMs)}. The window opens at the tenant’s first call, so load takes a share of it, while the clock does nothing.`,
        boundary:
          byLoad === !byClock ? '' : byLoad ? 'by load, and by the clock too' : 'neither by load nor by the clock',
        bars: [
          { label: 'idle tenant', value: idle.makespanMs ?? 0, text: duration(idle.makespanMs), lead: false },
          { label: 'busy tenant', value: busy.makespanMs ?? 0, text: duration(busy.makespanMs), lead: true },
          { label: 'at 14:00', value: afternoon.makespanMs ?? 0, text: duration(afternoon.makespanMs), lead: false },
        ],
      };
    },
  }),
  claimOf({
    id: '4.3',
    kind: 'cure',
    says: 'Parse Retry-After, sleep exactly that long, 5 s when it is absent.',
    needs: [on(OBEYS), on(BACKOFF), on(FIXED_DELAY), on(FIXED_DELAY, 'no-penalties')],
    restsOn: RESTS_ON_PENALTY,
    judge: (read) => {
      const [obeys, backoff, fixed] = [read(OBEYS), read(BACKOFF), read(FIXED_DELAY)];
      return {
        ...judgeSweep([{ label: 'against backoff', grade: gradeCure(backoff, obeys) }]),
        evidence: `Retry-After exactly: ${outcome(obeys)}, ${count(penaltiesOf(obeys))} penalties. Backoff: ${outcome(backoff)}, ${count(penaltiesOf(backoff))} penalties a run. A fixed second: ${outcome(fixed)}; if nothing were penalized, ${outcome(read(FIXED_DELAY, 'no-penalties'))}.`,
        bars: [
          refusedBar('Retry-After', obeys, true),
          refusedBar('backoff', backoff),
          refusedBar('fixed second', fixed),
        ],
      };
    },
  }),
  claimOf({
    id: '4.4',
    kind: 'cure',
    says: 'Check X-RateLimit-Remaining before the next request; at 0, wait.',
    needs: [on(OBEYS), on(PROPOSAL), on(OBEYS, 'busy-tenant'), on(PROPOSAL, 'busy-tenant')],
    restsOn: RESTS_ON,
    judge: (read) => {
      const points = [
        { label: 'a quiet tenant', grade: gradeCure(read(OBEYS), read(PROPOSAL)) },
        { label: 'a busy tenant', grade: gradeCure(read(OBEYS, 'busy-tenant'), read(PROPOSAL, 'busy-tenant')) },
      ];
      return {
        ...judgeSweep(points),
        evidence: `Retry-After alone: ${count(read(OBEYS).refusals)} refusals a run; with a look at Remaining ${count(read(PROPOSAL).refusals)}, ${ending(read(PROPOSAL))}. In a busy tenant ${count(read(OBEYS, 'busy-tenant').refusals)} and ${count(read(PROPOSAL, 'busy-tenant').refusals)}.`,
        bars: [refusedBar('Retry-After', read(OBEYS)), refusedBar('and Remaining', read(PROPOSAL), true)],
      };
    },
  }),
  claimOf({
    id: '4.5',
    kind: 'trap',
    says: 'Generic exponential backoff fails here, because it ignores Retry-After.',
    needs: [
      on(BACKOFF, 'no-penalties'),
      ...BACKOFF_BASES_MS.map((baseMs) => on(backoffFrom(baseMs))),
      on(PATIENT_BACKOFF),
    ],
    restsOn: RESTS_ON_PENALTY,
    judge: (read) => {
      const specs = [
        ...BACKOFF_BASES_MS.map((baseMs) => ({ label: `waits from ${duration(baseMs)}`, spec: backoffFrom(baseMs) })),
        { label: 'waits of one to two minutes', spec: PATIENT_BACKOFF },
      ];
      const fails = specs.filter(({ spec }) => !completes(read(spec)) || penaltiesOf(read(spec)) > 0);
      const passes = specs.filter((spec) => !fails.includes(spec));
      const free = read(BACKOFF, 'no-penalties');
      return {
        verdict: passes.length === 0 && !completes(free) ? 'holds' : fails.length === 0 ? 'refuted' : 'depends',
        evidence: `With penalties backoff from 1 s: ${outcome(read(backoffFrom(1000)))}, ${count(penaltiesOf(read(backoffFrom(1000))))} penalties a run. Without them: ${outcome(free)}. Waits of one to two minutes: ${outcome(read(PATIENT_BACKOFF))}.`,
        boundary: `${fails.length === 0 ? '' : `fails with ${fails.map(({ label }) => label).join(', ')}; `}${passes.length === 0 ? '' : `works with ${passes.map(({ label }) => label).join(', ')}; `}${completes(free) ? 'works where nothing is penalized' : 'fails where nothing is penalized too'}`,
        bars: [
          refusedBar('from 1 s', read(backoffFrom(1000)), true),
          refusedBar('1 to 2 min', read(PATIENT_BACKOFF)),
          refusedBar('no penalties', free),
        ],
      };
    },
  }),
  claimOf({
    id: '4.6',
    kind: 'trap',
    says: 'Ignoring Retry-After escalates: a block of the tenant, then 503, then a temporary ban of the address.',
    needs: [on(HAMMER), on(FIXED_DELAY), on(OBEYS)],
    restsOn: RESTS_ON_PENALTY,
    judge: (read) => {
      const [hammer, fixed, obeys] = [read(HAMMER), read(FIXED_DELAY), read(OBEYS)];
      const climbs = ({ penalties }: Reading) =>
        penalties.blocks >= 1 && penalties.unavailable >= 1 && penalties.bans >= 1;
      const holds = climbs(hammer) && climbs(fixed) && penaltiesOf(obeys) === 0;
      const ladder = ({ penalties: { blocks, unavailable, bans } }: Reading) =>
        `${count(blocks)}, ${count(unavailable)} and ${count(bans)}`;
      return {
        verdict: holds ? 'holds' : climbs(hammer) || climbs(fixed) ? 'depends' : 'refuted',
        evidence: `Blocks, 503s and bans a run on this model: again at once ${ladder(hammer)}, ${ending(hammer)}; again every second ${ladder(fixed)}, ${ending(fixed)}; obeying Retry-After ${ladder(obeys)}, ${ending(obeys)}. The counts and times of the ladder are assumed.`,
        boundary: '',
        bars: [
          { label: 'undone, at once', value: hammer.jobsUndone, text: count(hammer.jobsUndone), lead: true },
          { label: 'undone, every second', value: fixed.jobsUndone, text: count(fixed.jobsUndone), lead: false },
          { label: 'undone, obeying', value: obeys.jobsUndone, text: count(obeys.jobsUndone), lead: false },
        ],
      };
    },
  }),
  claimOf({
    id: '4.7',
    kind: 'done',
    says: 'Every interval’s chunk is written exactly once: nothing lost, nothing doubled.',
    needs: [on(PROPOSAL), on(OBEYS), on(BACKOFF), on(NONE)],
    restsOn: RESTS_ON_PENALTY,
    judge: (read) => {
      const [proposal, obeys, backoff, naive] = [read(PROPOSAL), read(OBEYS), read(BACKOFF), read(NONE)];
      const exact = [proposal, obeys].every((reading) => completes(reading) && reading.jobsDoubled === 0);
      const of = (reading: Reading) =>
        `${count(reading.jobsDone)} of ${count(reading.jobs)}, ${count(reading.jobsDoubled)} twice`;
      return {
        verdict: exact ? 'holds' : 'refuted',
        evidence: `Written once, on average over ${proposal.trials} seeds: with the thread’s advice ${of(proposal)}; with Retry-After alone ${of(obeys)}; with backoff ${of(backoff)}; without retries ${of(naive)}.`,
        boundary: '',
        bars: [
          { label: 'thread’s advice', value: proposal.jobsDone, text: count(proposal.jobsDone), lead: true },
          { label: 'backoff', value: backoff.jobsDone, text: count(backoff.jobsDone), lead: false },
          { label: 'no retries', value: naive.jobsDone, text: count(naive.jobsDone), lead: false },
        ],
      };
    },
  }),
];
