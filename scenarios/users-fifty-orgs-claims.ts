/** What thread 3 claims, as checks. */
import { BACKOFF, RETRY_AFTER } from './common-strategies.ts';
import { claimOf } from './evidence.ts';
import {
  boundaryOf,
  causeShare,
  completes,
  count,
  duration,
  gradeCure,
  isSame,
  judgeSweep,
  on,
  outcome,
  refused,
  refusedBar,
  share,
  symptomShows,
  vanishes,
} from './judging.ts';
import type { Claim } from './scenario.ts';

/** A bucket for each organization, as in the thread's code: the burst equals the rate (at least one call). */
const bucketAt = (ratePerSecond: number) =>
  `${RETRY_AFTER}+token-bucket:by=org,ratePerSecond=${ratePerSecond},burst=${Math.max(1, ratePerSecond)}`;
/** One queue for all, taken from at a set rate. */
export const brokerAt = (ratePerSecond: number) =>
  `${RETRY_AFTER}+broker:ratePerSecond=${ratePerSecond},concurrency=10`;
/** Responses kept for a while. */
const cachedFor = (ttlMs: number) => `cache:ttlMs=${ttlMs}+${RETRY_AFTER}`;
/** So many calls in progress over all organizations. */
export const cappedAt = (limit: number) => `${RETRY_AFTER}+concurrency:by=all,limit=${limit}`;

/** The thread's own advice: ten a second for each organization. */
export const PROPOSAL = bucketAt(10);
/** In turn over the organizations, with as many calls in progress as there are organizations. */
const ROUND_ROBIN = `${RETRY_AFTER}+round-robin:concurrency=50`;
/** The Java SDK as it comes. */
const SDK_JAVA = 'sdk-java';
/** The Java SDK with retries switched on for a minute. */
const SDK_JAVA_ON = 'sdk-java:maxRetryTimeSec=60';

const GATEWAY = 'app-gateway';
const PER_ORG = 'users-per-org';
const RESTS_ON = [GATEWAY];
/** A dashboard's figures must be there before the next refresh. */
const LATENCY_TARGET_MS = 60_000;
const BUCKET_RATES = [10, 5, 2, 1, 0.4];
const BROKER_RATES = [10, 20, 50];
const CAPS = [1, 2, 5, 50];
const IN_PARALLEL = 'pages-in-parallel';
const CACHE_TTLS_MS = [30_000, 90_000];
const HOURS = ['at-03', '', 'at-15', 'at-21'];

/** Every row of thread 3. */
export const usersFiftyOrgsClaims: readonly Claim[] = [
  claimOf({
    id: '3.1',
    kind: 'symptom',
    says: 'Fifty organizations under one OAuth client get intermittent 429s though each is well below fifty requests a second.',
    needs: [on(RETRY_AFTER)],
    restsOn: RESTS_ON,
    judge: (read) => {
      const client = read(RETRY_AFTER);
      const belowOwn = causeShare(client, PER_ORG) === 0;
      return {
        verdict: symptomShows(client) && belowOwn ? 'holds' : 'refuted',
        evidence: `${refused(client)} of the calls are refused, ${share(causeShare(client, GATEWAY))} of them by the limit over all organizations and ${count(client.byCause[PER_ORG] ?? 0)} by an organization’s own limit of fifty a second.`,
        boundary: '',
        bars: [refusedBar('refused', client, true)],
      };
    },
  }),
  claimOf({
    id: '3.2',
    kind: 'symptom',
    says: 'Retry-After wanders from 1 to 30 s, so backoff never settles.',
    needs: [on(RETRY_AFTER), on(RETRY_AFTER, 'exact-retry-after'), on(BACKOFF)],
    restsOn: RESTS_ON,
    judge: (read) => {
      const [wanders, exact] = [read(RETRY_AFTER), read(RETRY_AFTER, 'exact-retry-after')];
      const backoff = read(BACKOFF);
      const slower = (wanders.waitMsP95 ?? 0) > (exact.waitMsP95 ?? 0) * 1.1;
      return {
        verdict: slower ? 'holds' : 'refuted',
        evidence: `A client that obeys waits ${duration(wanders.waitMsP95)} (95th percentile) with a wandering Retry-After and ${duration(exact.waitMsP95)} with an exact one; ${refused(wanders)} and ${refused(exact)} are refused. Backoff does not read it: ${refused(backoff)} refused, 95th percentile ${duration(backoff.waitMsP95)}.`,
        boundary: '',
        bars: [
          { label: '1 to 30 s', value: wanders.waitMsP95 ?? 0, text: duration(wanders.waitMsP95), lead: true },
          { label: 'exact', value: exact.waitMsP95 ?? 0, text: duration(exact.waitMsP95), lead: false },
          { label: 'backoff', value: backoff.waitMsP95 ?? 0, text: duration(backoff.waitMsP95), lead: false },
        ],
      };
    },
  }),
  claimOf({
    id: '3.3',
    kind: 'symptom',
    says: 'The 429s follow peak business hours.',
    needs: [...HOURS.map((variant) => on(RETRY_AFTER, variant)), on(RETRY_AFTER, 'without-other-traffic')],
    restsOn: RESTS_ON,
    judge: (read) => {
      const at = (variant: string) => read(RETRY_AFTER, variant);
      const peak = Math.min(at('').refusals, at('at-15').refusals);
      const night = Math.max(at('at-03').refusals, at('at-21').refusals);
      const label = (variant: string) => (variant === '' ? '10:00' : `${variant.slice(3)}:00`);
      return {
        verdict: peak > night * 1.1 ? 'holds' : 'refuted',
        evidence: `Refused in California at ${HOURS.map((variant) => `${label(variant)}: ${refused(at(variant))}`).join(', ')}. Without the app’s other traffic: ${refused(at('without-other-traffic'))} at any hour; that part the refreshes cause themselves.`,
        boundary: '',
        bars: HOURS.map((variant) => refusedBar(label(variant), at(variant), variant === '')),
      };
    },
  }),
  claimOf({
    id: '3.4',
    kind: 'symptom',
    says: 'Round-robin over the organizations does not help.',
    needs: [on(RETRY_AFTER), on(ROUND_ROBIN)],
    restsOn: RESTS_ON,
    judge: (read) => {
      const [plain, robin] = [read(RETRY_AFTER), read(ROUND_ROBIN)];
      const grade = gradeCure(plain, robin);
      return {
        verdict: grade === 'does not help' ? 'holds' : 'refuted',
        evidence: `In turn over the organizations: ${outcome(robin)}; without: ${outcome(plain)}. The order of the calls does not change how many a second reach the shared limit.`,
        boundary: '',
        bars: [refusedBar('as they come', plain), refusedBar('round-robin', robin, true)],
      };
    },
  }),
  claimOf({
    id: '3.5',
    kind: 'symptom',
    says: 'The Java SDK’s built-in retry is not enough to keep dashboard latency targets.',
    needs: [on(SDK_JAVA), on(SDK_JAVA_ON)],
    restsOn: RESTS_ON,
    judge: (read) => {
      const [java, retries] = [read(SDK_JAVA), read(SDK_JAVA_ON)];
      const misses = [java, retries].map(
        (reading) => !completes(reading) || (reading.waitMsP95 ?? 0) > LATENCY_TARGET_MS,
      );
      return {
        verdict: misses.every(Boolean) ? 'holds' : misses.some(Boolean) ? 'depends' : 'refuted',
        evidence: `As it comes the Java SDK does not retry: ${outcome(java)}. With retries switched on for 60 s: ${outcome(retries)}, 95th percentile of the wait ${duration(retries.waitMsP95)}. The target (assumed): every page there before the next refresh, ${duration(LATENCY_TARGET_MS)}.`,
        boundary: misses[0] && !misses[1] ? 'misses it as it comes; keeps it with maxRetryTimeSec=60' : '',
        bars: [
          { label: 'pages undone, as it comes', value: java.jobsUndone, text: count(java.jobsUndone), lead: true },
          { label: 'with retries', value: retries.jobsUndone, text: count(retries.jobsUndone), lead: false },
        ],
      };
    },
  }),
  claimOf({
    id: '3.6',
    kind: 'cause',
    says: 'Limits count per organization, and a gateway limit over all of them is hit first.',
    needs: [on(RETRY_AFTER), on(RETRY_AFTER, 'without-gateway-limit'), on(RETRY_AFTER, 'without-org-limit')],
    restsOn: [GATEWAY, PER_ORG],
    judge: (read) => {
      const [base, noGateway, noOrg] = [
        read(RETRY_AFTER),
        read(RETRY_AFTER, 'without-gateway-limit'),
        read(RETRY_AFTER, 'without-org-limit'),
      ];
      const holds = vanishes(base, noGateway) && isSame(base.refusals, noOrg.refusals);
      return {
        verdict: holds ? 'holds' : 'refuted',
        evidence: `On this model: ${count(base.refusals)} refusals; ${count(noGateway.refusals)} without the gateway limit, ${count(noOrg.refusals)} without the organizations’ own. No document knows a limit across organizations.`,
        boundary: '',
        bars: [
          refusedBar('both limits', base, true),
          refusedBar('no gateway limit', noGateway),
          refusedBar('no limit per org', noOrg),
        ],
      };
    },
  }),
  claimOf({
    id: '3.7',
    kind: 'cure',
    says: 'A local queue with a separate token bucket per organization, ten requests a second each.',
    needs: [on(RETRY_AFTER), ...BUCKET_RATES.map((rate) => on(bucketAt(rate)))],
    restsOn: RESTS_ON,
    judge: (read) => {
      const grades = BUCKET_RATES.map((rate) => ({
        label: `${rate}/s`,
        grade: gradeCure(read(RETRY_AFTER), read(bucketAt(rate))),
      }));
      const asClaimed = grades[0]!.grade;
      return {
        verdict: asClaimed === 'works' ? 'holds' : judgeSweep(grades).verdict,
        boundary: boundaryOf(grades),
        evidence: `Ten a second for each of fifty is 500 a second, where fifty pass. At 10/s: ${outcome(read(bucketAt(10)))}; without buckets ${outcome(read(RETRY_AFTER))}. At 1/s: ${outcome(read(bucketAt(1)))}; at 0.4/s, twenty a second in all: ${outcome(read(bucketAt(0.4)))}.`,
        bars: [
          refusedBar('no bucket', read(RETRY_AFTER)),
          refusedBar('10/s', read(bucketAt(10)), true),
          refusedBar('1/s', read(bucketAt(1))),
          refusedBar('0.4/s', read(bucketAt(0.4))),
        ],
      };
    },
  }),
  claimOf({
    id: '3.8',
    kind: 'cure',
    says: 'Route the calls through a message broker to control bursts; every throttled request leaves an audit trail.',
    needs: [on(RETRY_AFTER), ...BROKER_RATES.map((rate) => on(brokerAt(rate)))],
    restsOn: RESTS_ON,
    judge: (read) => {
      const points = BROKER_RATES.map((rate) => ({
        label: `${rate}/s`,
        grade: gradeCure(read(RETRY_AFTER), read(brokerAt(rate))),
      }));
      return {
        ...judgeSweep(points),
        evidence: `One queue for all at 20/s: ${outcome(read(brokerAt(20)))}; at 50/s: ${outcome(read(brokerAt(50)))}; without: ${outcome(read(RETRY_AFTER))}. Every call passes the queue, so each refusal (${count(read(brokerAt(20)).refusals)} a run at 20/s) is on record.`,
        bars: [
          refusedBar('no broker', read(RETRY_AFTER)),
          refusedBar('20/s', read(brokerAt(20)), true),
          refusedBar('50/s', read(brokerAt(50))),
        ],
      };
    },
  }),
  claimOf({
    id: '3.9',
    kind: 'cure',
    says: 'More concurrency only makes it worse.',
    needs: [...CAPS.map((cap) => on(cappedAt(cap))), on(RETRY_AFTER, IN_PARALLEL)],
    restsOn: RESTS_ON,
    judge: (read) => {
      const levels = [
        ...CAPS.map((cap) => ({ label: `${cap}`, reading: read(cappedAt(cap)) })),
        { label: 'all at once', reading: read(RETRY_AFTER, IN_PARALLEL) },
      ];
      const steps = levels.slice(1).map(({ label, reading }, index) => ({
        label: `from ${levels[index]!.label} to ${label}`,
        gains: (reading.makespanMs ?? Infinity) < (levels[index]!.reading.makespanMs ?? Infinity) * 0.9,
      }));
      const gaining = steps.filter((step) => step.gains).map((step) => step.label);
      const others = steps.filter((step) => !step.gains).map((step) => step.label);
      return {
        verdict: gaining.length === 0 ? 'holds' : others.length === 0 ? 'refuted' : 'depends',
        evidence: `Calls in progress over all organizations: ${levels.map(({ label, reading }) => `${label}, ${outcome(reading)}`).join('; ')}.`,
        boundary:
          gaining.length === 0 || others.length === 0
            ? ''
            : `sooner done ${gaining.join(', ')}; not ${others.join(', ')}`,
        bars: [1, 2, 5, 50].map((cap) => refusedBar(`${cap} at a time`, read(cappedAt(cap)), cap === 50)),
      };
    },
  }),
  claimOf({
    id: '3.10',
    kind: 'cure',
    says: 'Cache on the client.',
    needs: [on(RETRY_AFTER), ...CACHE_TTLS_MS.map((ttlMs) => on(cachedFor(ttlMs)))],
    restsOn: RESTS_ON,
    judge: (read) => {
      const points = CACHE_TTLS_MS.map((ttlMs) => ({
        label: `${ttlMs / 1000} s`,
        grade: gradeCure(read(RETRY_AFTER), read(cachedFor(ttlMs))),
      }));
      return {
        ...judgeSweep(points),
        evidence: `The same pages are read every 60 s. Kept for 30 s: ${outcome(read(cachedFor(30_000)))}; for 90 s: ${outcome(read(cachedFor(90_000)))}; no cache: ${outcome(read(RETRY_AFTER))}.`,
        bars: [
          refusedBar('no cache', read(RETRY_AFTER)),
          refusedBar('30 s', read(cachedFor(30_000))),
          refusedBar('90 s', read(cachedFor(90_000)), true),
        ],
      };
    },
  }),
];
