/** What thread 1 claims, as checks. */
import { BACKOFF, RETRY_AFTER, SDK_PYTHON } from './common-strategies.ts';
import { claimOf, type Read } from './evidence.ts';
import {
  causeShare,
  completes,
  count,
  duration,
  ending,
  gradeCure,
  isSame,
  judgeSweep,
  on,
  outcome,
  refused,
  refusedBar,
  share,
  symptomShows,
} from './judging.ts';
import type { Claim } from './scenario.ts';

const bucketAt = (ratePerSecond: number) =>
  `${BACKOFF}+token-bucket:by=org,ratePerSecond=${ratePerSecond},burst=${ratePerSecond}`;
const cappedAt = (limit: number) => `concurrency:by=org,limit=${limit}+${BACKOFF}`;
const staggeredTo = (maxMs: number) => `stagger-start:minMs=10000,maxMs=${maxMs}+${BACKOFF}`;
const pagesTimes = (factor: number) => `page-size:factor=${factor}+${BACKOFF}`;
const OFF_PEAK = `off-peak:fromHour=1,toHour=5,timeZone=America/New_York+${BACKOFF}`;
const STATIC_5S = 'fixed-delay:delayMs=5000';
const PACED_PAGES = `page-size:factor=5+${BACKOFF}+spacing:minMs=500,maxMs=500`;

/** The thread's main advice, at the rate that the limit allows. */
export const PROPOSAL = bucketAt(2);
/** Five queries at a time per organization, the size of the pool. */
const CAPPED = cappedAt(5);
/** What the asker did: fifty a second per organization. */
const THROTTLED_50 = bucketAt(50);
/** Each organization starts 10 to 30 s late. */
const STAGGERED = staggeredTo(30_000);
/** Each call starts 10 to 30 s late. */
export const DELAYED_CALLS = `delay-each-call:minMs=10000,maxMs=30000+${BACKOFF}`;
/** Five pages in one. */
const LARGER_PAGES = pagesTimes(5);

const RATE = 'analytics-burst';
const POOL = 'query-pool';
const RESTS_ON = [RATE, POOL];
const BUCKET_RATES = [1.5, 2, 3, 5];
const CAPS = [2, 3, 5, 10, 50];
const STAGGERS_MS = [30_000, 600_000];
const PAGE_FACTORS = [2, 5];
/** The 429s carry Retry-After; the second with a quarter of the reports. */
const TOLD_VARIANTS = ['with-retry-after', 'few-reports-with-retry-after'];
const REPORTS_OF = [60, 15];

/** Every row of thread 1. */
export const interactionsQueryClaims: readonly Claim[] = [
  claimOf({
    id: '1.1',
    kind: 'symptom',
    says: 'End-of-day queries over many organizations get 429s even when throttled to fifty requests a second per organization.',
    needs: [on(THROTTLED_50), on(BACKOFF)],
    restsOn: RESTS_ON,
    judge: (read) => {
      const [throttled, plain] = [read(THROTTLED_50), read(BACKOFF)];
      return {
        verdict: symptomShows(throttled) ? 'holds' : 'refuted',
        evidence: `Throttled to fifty a second per organization ${refused(throttled)} of the calls are refused, ${refused(plain)} without the throttle: ${share(causeShare(throttled, RATE))} of the refusals come from the analytics rate, ${share(causeShare(throttled, POOL))} from the pool of queries.`,
        boundary: '',
        bars: [refusedBar('no throttle', plain), refusedBar('50/s per org', throttled, true)],
      };
    },
  }),
  claimOf({
    id: '1.2',
    kind: 'symptom',
    says: 'The 429s carry no Retry-After, which forces a static delay.',
    needs: [on(SDK_PYTHON), on(SDK_PYTHON, 'with-retry-after'), on(STATIC_5S)],
    restsOn: RESTS_ON,
    judge: (read) => {
      const [silent, told, fixed] = [read(SDK_PYTHON), read(SDK_PYTHON, 'with-retry-after'), read(STATIC_5S)];
      const holds = silent.jobsUndone > 0 && told.jobsUndone < silent.jobsUndone && completes(fixed);
      return {
        verdict: holds ? 'holds' : 'refuted',
        evidence: `The Python SDK retries only what carries Retry-After: ${ending(silent)}, and with the header ${ending(told)}. A static delay of 5 s gets through: ${outcome(fixed)}.`,
        boundary: '',
        bars: [
          { label: 'undone without the header', value: silent.jobsUndone, text: count(silent.jobsUndone), lead: true },
          { label: 'undone with it', value: told.jobsUndone, text: count(told.jobsUndone), lead: false },
        ],
      };
    },
  }),
  claimOf({
    id: '1.3',
    kind: 'cause',
    says: 'The burst of analytics is far below that of the interactions API, and its limits are separate from those of the recording exports.',
    needs: [
      on(BACKOFF),
      on(BACKOFF, 'roomy-analytics'),
      on(BACKOFF, 'recording-exports-run'),
      on(BACKOFF, 'exports-share-the-bucket'),
    ],
    restsOn: [RATE, 'interactions-api', 'recording-exports'],
    judge: judgeSeparateLimits,
  }),
  claimOf({
    id: '1.4',
    kind: 'cause',
    says: 'Concurrent queries of one organization share a pool.',
    needs: [on(BACKOFF), on(BACKOFF, 'pool-only'), on(CAPPED, 'pool-only')],
    restsOn: [POOL],
    judge: (read) => {
      const base = read(BACKOFF);
      const [poolOnly, capped] = [read(BACKOFF, 'pool-only'), read(CAPPED, 'pool-only')];
      const holds = symptomShows(poolOnly) && !symptomShows(capped);
      return {
        verdict: holds ? 'holds' : 'refuted',
        evidence: `On this model: with the pool as the only limit ${refused(poolOnly)} of the calls are refused, and ${refused(capped)} once the client keeps to five queries per organization. Of all refusals ${share(causeShare(base, POOL))} are the pool's; the rate has the others.`,
        boundary: '',
        bars: [refusedBar('pool only', poolOnly, true), refusedBar('pool only, 5 at a time', capped)],
      };
    },
  }),
  claimOf({
    id: '1.5',
    kind: 'cure',
    says: 'A token bucket in the integration beats exponential backoff.',
    needs: [on(BACKOFF), ...BUCKET_RATES.map((rate) => on(bucketAt(rate))), on(THROTTLED_50)],
    restsOn: RESTS_ON,
    judge: (read) => {
      const rates = [...BUCKET_RATES, 50];
      const points = rates.map((rate) => ({
        label: `${rate}/s`,
        grade: gradeCure(read(BACKOFF), read(bucketAt(rate))),
      }));
      return {
        ...judgeSweep(points),
        evidence: `The limit refills at 2/s per organization, of which dashboards take up to 0.5/s. Backoff alone: ${outcome(read(BACKOFF))}. Bucket at 1.5/s: ${outcome(read(bucketAt(1.5)))}; at 2/s: ${outcome(read(bucketAt(2)))}; at 5/s: ${outcome(read(bucketAt(5)))}.`,
        bars: [
          refusedBar('backoff', read(BACKOFF)),
          refusedBar('1.5/s', read(bucketAt(1.5))),
          refusedBar('2/s', read(bucketAt(2)), true),
          refusedBar('5/s', read(bucketAt(5))),
        ],
      };
    },
  }),
  claimOf({
    id: '1.6',
    kind: 'cure',
    says: 'Limit concurrent queries per organization.',
    needs: [on(BACKOFF), ...CAPS.map((cap) => on(cappedAt(cap)))],
    restsOn: RESTS_ON,
    judge: (read) => {
      const points = CAPS.map((cap) => ({ label: `${cap}`, grade: gradeCure(read(BACKOFF), read(cappedAt(cap))) }));
      return {
        ...judgeSweep(points),
        evidence: `At most two queries per organization: ${outcome(read(cappedAt(2)))}. Five: ${outcome(read(cappedAt(5)))}. Fifty: ${outcome(read(cappedAt(50)))}. Without a limit: ${outcome(read(BACKOFF))}.`,
        bars: [
          refusedBar('no limit', read(BACKOFF)),
          refusedBar('2 at a time', read(cappedAt(2)), true),
          refusedBar('5', read(cappedAt(5))),
          refusedBar('50', read(cappedAt(50))),
        ],
      };
    },
  }),
  claimOf({
    id: '1.7',
    kind: 'cure',
    says: 'Run the queries off-peak.',
    needs: [on(BACKOFF), on(BACKOFF, 'at-night'), on(OFF_PEAK)],
    restsOn: RESTS_ON,
    judge: (read) => {
      const [peak, night, held] = [read(BACKOFF), read(BACKOFF, 'at-night'), read(OFF_PEAK)];
      const points = [
        { label: 'the job moved to 02:00', grade: gradeCure(peak, night) },
        { label: 'the same job held back until 01:00', grade: gradeCure(peak, held) },
      ];
      return {
        ...judgeSweep(points),
        evidence: `At 18:00 ${outcome(peak)}; the same reports at 02:00 ${outcome(night)}. Held back until 01:00 all start together: ${outcome(held)}, counted from when they could have started. At 02:00, with a tenth of the dashboards’ load, ${share(night.refusals / peak.refusals)} of the refusals remain.`,
        bars: [refusedBar('18:00', peak), refusedBar('02:00', night, true), refusedBar('held until 01:00', held)],
      };
    },
  }),
  claimOf({
    id: '1.8',
    kind: 'cure',
    says: 'The Premium tier gives burst allowances.',
    needs: [on(BACKOFF), on(BACKOFF, 'premium-burst-20'), on(BACKOFF, 'premium-rate-10')],
    restsOn: RESTS_ON,
    judge: (read) => {
      const base = read(BACKOFF);
      const points = [
        { label: 'a burst of 20', grade: gradeCure(base, read(BACKOFF, 'premium-burst-20')) },
        { label: 'a rate of 10/s', grade: gradeCure(base, read(BACKOFF, 'premium-rate-10')) },
      ];
      return {
        ...judgeSweep(points),
        evidence: `No document says that Premium has them. If it had: burst 10, ${outcome(base)}; burst 20, ${outcome(read(BACKOFF, 'premium-burst-20'))}; five times the rate, ${outcome(read(BACKOFF, 'premium-rate-10'))}.`,
        bars: [
          refusedBar('burst 10', base),
          refusedBar('burst 20', read(BACKOFF, 'premium-burst-20'), true),
          refusedBar('10/s', read(BACKOFF, 'premium-rate-10')),
        ],
      };
    },
  }),
  claimOf({
    id: '1.9',
    kind: 'cure',
    says: 'Stagger the starts by organization: a random 10 to 30 s before each call.',
    needs: [on(BACKOFF), on(DELAYED_CALLS), ...STAGGERS_MS.map((maxMs) => on(staggeredTo(maxMs)))],
    restsOn: RESTS_ON,
    judge: (read) => {
      const base = read(BACKOFF);
      const points = [
        { label: '10 to 30 s before each call', grade: gradeCure(base, read(DELAYED_CALLS)) },
        ...STAGGERS_MS.map((maxMs) => ({
          label: `a start within ${duration(maxMs)} by organization`,
          grade: gradeCure(base, read(staggeredTo(maxMs))),
        })),
      ];
      return {
        ...judgeSweep(points),
        evidence: `A random 10 to 30 s before each call: ${outcome(read(DELAYED_CALLS))}; without, ${outcome(base)}. Only the organizations' starts 10 to 30 s apart: ${outcome(read(STAGGERED))}. These limits count per organization, so moving organizations apart takes no load from any of them.`,
        bars: [
          refusedBar('no stagger', base),
          refusedBar('starts by org', read(STAGGERED)),
          refusedBar('before each call', read(DELAYED_CALLS), true),
        ],
      };
    },
  }),
  claimOf({
    id: '1.10',
    kind: 'cure',
    says: 'A pagination strategy (fewer, larger pages; pages paced) avoids the limit.',
    needs: [on(BACKOFF), ...PAGE_FACTORS.map((factor) => on(pagesTimes(factor))), on(PACED_PAGES)],
    restsOn: RESTS_ON,
    judge: (read) => {
      const points = [
        ...PAGE_FACTORS.map((factor) => ({
          label: `pages ${factor} times as large`,
          grade: gradeCure(read(BACKOFF), read(pagesTimes(factor))),
        })),
        { label: 'pages 5 times as large, 500 ms apart', grade: gradeCure(read(BACKOFF), read(PACED_PAGES)) },
      ];
      return {
        ...judgeSweep(points),
        evidence: `Pages of today: ${count(read(BACKOFF).attempts)} calls, ${outcome(read(BACKOFF))}. Five times as large: ${count(read(LARGER_PAGES).attempts)} calls, ${outcome(read(LARGER_PAGES))}. The same, 500 ms apart per organization: ${outcome(read(PACED_PAGES))}.`,
        bars: [
          refusedBar('pages of today', read(BACKOFF)),
          refusedBar('5 times', read(LARGER_PAGES), true),
          refusedBar('5 times, paced', read(PACED_PAGES)),
        ],
      };
    },
  }),
  claimOf({
    id: '1.11',
    kind: 'cure',
    says: 'Use Retry-After dynamically where it is present.',
    needs: TOLD_VARIANTS.flatMap((variant) => [STATIC_5S, BACKOFF, RETRY_AFTER].map((spec) => on(spec, variant))),
    restsOn: RESTS_ON,
    judge: (read) => {
      const points = TOLD_VARIANTS.flatMap((variant, index) => [
        {
          label: `${REPORTS_OF[index]} reports, against a static 5 s`,
          grade: gradeCure(read(STATIC_5S, variant), read(RETRY_AFTER, variant)),
        },
        {
          label: `${REPORTS_OF[index]} reports, against backoff`,
          grade: gradeCure(read(BACKOFF, variant), read(RETRY_AFTER, variant)),
        },
      ]);
      const [many, few] = TOLD_VARIANTS.map((variant) => (strategy: string) => read(strategy, variant)) as [Read, Read];
      const three = (at: Read) =>
        `Retry-After ${outcome(at(RETRY_AFTER))}; a static 5 s ${outcome(at(STATIC_5S))}; backoff ${outcome(at(BACKOFF))}`;
      return {
        ...judgeSweep(points),
        evidence: `Where the 429 says when the next place is free, with up to 60 reports waiting in one organization: ${three(many)}. All that wait are told the same second. With up to 15: ${three(few)}.`,
        bars: [
          refusedBar('60, Retry-After', many(RETRY_AFTER), true),
          refusedBar('60, backoff', many(BACKOFF)),
          refusedBar('15, Retry-After', few(RETRY_AFTER)),
          refusedBar('15, backoff', few(BACKOFF)),
        ],
      };
    },
  }),
];

function judgeSeparateLimits(read: Read) {
  const [base, roomy] = [read(BACKOFF), read(BACKOFF, 'roomy-analytics')];
  const [beside, shared] = [read(BACKOFF, 'recording-exports-run'), read(BACKOFF, 'exports-share-the-bucket')];
  const rateRefusals = (of: typeof base) => of.byCause[RATE] ?? 0;
  const lower = rateRefusals(base) > 0 && rateRefusals(roomy) <= rateRefusals(base) * 0.1;
  const separate = isSame(base.refusals, beside.refusals) && !isSame(base.refusals, shared.refusals);
  return {
    verdict: lower && separate ? 'holds' : lower || separate ? 'depends' : 'refuted',
    evidence: `On this model: the analytics rate refuses ${count(rateRefusals(base))} calls, and ${count(rateRefusals(roomy))} with the interactions API's numbers. Recording exports beside the reports change the refusals from ${count(base.refusals)} to ${count(beside.refusals)}; if they shared the limit there would be ${count(shared.refusals)}.`,
    boundary: lower === separate ? '' : lower ? 'lower, but not separate' : 'separate, but not lower',
    bars: [
      refusedBar('as it stands', base, true),
      refusedBar('roomy analytics', roomy),
      refusedBar('exports beside', beside),
      refusedBar('exports share it', shared),
    ],
  } as const;
}
