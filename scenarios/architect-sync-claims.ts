/** What thread 2 claims, as checks. */
import { BACKOFF, RETRY_AFTER } from './common-strategies.ts';
import { claimOf } from './evidence.ts';
import {
  causeShare,
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
  vanishes,
} from './judging.ts';
import type { Claim } from './scenario.ts';

/** The asker's client: a throttle per tenant, and backoff that ignores Retry-After. */
export const throttledTo = (ratePerSecond: number) =>
  `${BACKOFF}+token-bucket:by=org,ratePerSecond=${ratePerSecond},burst=${ratePerSecond}`;
const fixedDelay = (delayMs: number) => `fixed-delay:delayMs=${delayMs}`;
const batchedBy = (size: number) => `batch:size=${size}+${BACKOFF}`;
const SAME_ID = 'retry-after:requestId=same';
const NOTICES = 'retry-after+give-up';

/** The reply's code: Retry-After exactly, with a fresh request id each time. */
export const PROPOSAL = 'retry-after:requestId=fresh';
/** Only changed flows, with the asker's backoff. */
const CHANGED_ONLY = `changed-since+${BACKOFF}`;

const TENANT = 'tenant-wide';
const ENDPOINT = 'flows-endpoint';
const RESTS_ON = [TENANT];
const RATES = [10, 5, 3, 2];
const DELAYS_MS = [250, 1000, 2000, 5000];
const BATCH_SIZES = [2, 10, 25];

const seconds = (ms: number) => `${(ms / 1000).toFixed(1)} s`;

/** Every row of thread 2. */
export const architectSyncClaims: readonly Claim[] = [
  claimOf({
    id: '2.1',
    kind: 'symptom',
    says: 'Sporadic 429s at the "standard" ten requests a second per tenant, mostly for tenants with 500 and more flows.',
    needs: [on(throttledTo(10)), on(throttledTo(10), 'small-tenants-only')],
    restsOn: RESTS_ON,
    judge: (read) => {
      const [all, small] = [read(throttledTo(10)), read(throttledTo(10), 'small-tenants-only')];
      const shows = symptomShows(all);
      const mostly = small.refusedShare <= all.refusedShare / 2;
      return {
        verdict: shows && mostly ? 'holds' : shows ? 'depends' : 'refuted',
        evidence: `At ten a second per tenant ${refused(all)} of the calls are refused, ${share(causeShare(all, TENANT))} of them by the tenant-wide limit. With small tenants only ${refused(small)} are refused, ${count(small.refusals)} calls instead of ${count(all.refusals)}.`,
        boundary: shows && !mostly ? 'the 429s show, for small tenants too' : '',
        bars: [refusedBar('two large tenants', all, true), refusedBar('small tenants only', small)],
      };
    },
  }),
  claimOf({
    id: '2.2',
    kind: 'symptom',
    says: 'Throttling to five requests a second does not cure it.',
    needs: RATES.map((rate) => on(throttledTo(rate))),
    restsOn: RESTS_ON,
    judge: (read) => {
      const persists = symptomShows(read(throttledTo(5)));
      return {
        verdict: persists ? 'holds' : 'refuted',
        evidence: `Refused at 10, 5, 3 and 2 a second: ${RATES.map((rate) => refused(read(throttledTo(rate)))).join(', ')}.`,
        boundary: '',
        bars: RATES.slice(0, 4).map((rate) => refusedBar(`${rate}/s`, read(throttledTo(rate)), rate === 5)),
      };
    },
  }),
  claimOf({
    id: '2.3',
    kind: 'wire',
    says: 'The 429 carries Retry-After: 1, X-Rate-Limit-Remaining: 0 and X-Rate-Limit-Reset in epoch seconds.',
    needs: [on(RETRY_AFTER)],
    restsOn: RESTS_ON,
    judge: (read) => {
      const obeys = read(RETRY_AFTER);
      const waitMs = obeys.refusals === 0 ? 0 : (obeys.backingOffMs * obeys.jobsDone) / obeys.refusals;
      const holds = waitMs >= 950 && waitMs <= 1100;
      return {
        verdict: holds ? 'holds' : 'refuted',
        evidence: `The gateway sends these headers. A client that waits exactly what Retry-After says waits ${seconds(waitMs)} per refusal (${count(obeys.refusals)} refusals): Retry-After said 1, since at ten a second no wait for a free place is longer.`,
        boundary: '',
        bars: [{ label: 'wait per refusal', value: waitMs, text: seconds(waitMs), lead: true }],
      };
    },
  }),
  claimOf({
    id: '2.4',
    kind: 'cause',
    says: 'Requests count against a tenant-wide limit, not only the endpoint’s.',
    needs: [on(throttledTo(10)), on(throttledTo(10), 'endpoint-limit-only'), on(throttledTo(10), 'tenant-limit-only')],
    restsOn: [TENANT, ENDPOINT],
    judge: (read) => {
      const [base, endpoint, tenant] = ['', 'endpoint-limit-only', 'tenant-limit-only'].map((variant) =>
        read(throttledTo(10), variant),
      ) as [ReturnType<typeof read>, ReturnType<typeof read>, ReturnType<typeof read>];
      const holds = vanishes(base, endpoint) && isSame(base.refusals, tenant.refusals);
      return {
        verdict: holds ? 'holds' : 'refuted',
        evidence: `On this model, at ten a second: ${count(base.refusals)} refusals; ${count(endpoint.refusals)} with the endpoint’s limit alone, ${count(tenant.refusals)} with the tenant-wide limit alone.`,
        boundary: '',
        bars: [
          refusedBar('both limits', base, true),
          refusedBar('endpoint only', endpoint),
          refusedBar('tenant only', tenant),
        ],
      };
    },
  }),
  claimOf({
    id: '2.5',
    kind: 'cause',
    says: 'One bulk update makes several internal calls, each charged.',
    needs: [on(throttledTo(5)), on(throttledTo(5), 'no-internal-calls')],
    restsOn: RESTS_ON,
    judge: (read) => {
      const [charged, single] = [read(throttledTo(5)), read(throttledTo(5), 'no-internal-calls')];
      return {
        verdict: vanishes(charged, single) ? 'holds' : 'refuted',
        evidence: `On this model, at five a second: ${refused(charged)} refused when an update charges three calls, ${refused(single)} when it charges one. Two internal calls per update are assumed.`,
        boundary: '',
        bars: [refusedBar('charges 3', charged, true), refusedBar('charges 1', single)],
      };
    },
  }),
  claimOf({
    id: '2.6',
    kind: 'cause',
    says: 'The custom client header does not buy a bucket of its own.',
    needs: [on(throttledTo(5)), on(throttledTo(5), 'bucket-per-app')],
    restsOn: RESTS_ON,
    judge: (read) => {
      const [shared, own] = [read(throttledTo(5)), read(throttledTo(5), 'bucket-per-app')];
      return {
        verdict: symptomShows(shared) && own.refusals <= shared.refusals * 0.9 ? 'holds' : 'refuted',
        evidence: `On this model, at five a second: ${count(shared.refusals)} refusals in the bucket shared with the tenant’s other integrations, ${count(own.refusals)} if the header bought the app a bucket of its own. The header changes nothing that the gateway counts.`,
        boundary: '',
        bars: [refusedBar('shared bucket', shared, true), refusedBar('own bucket', own)],
      };
    },
  }),
  claimOf({
    id: '2.7',
    kind: 'cure',
    says: 'A fixed backoff that ignores Retry-After fails again and again.',
    needs: [on(RETRY_AFTER), ...DELAYS_MS.map((delayMs) => on(fixedDelay(delayMs)))],
    restsOn: RESTS_ON,
    judge: (read) => {
      const obeys = read(RETRY_AFTER);
      const worse = DELAYS_MS.filter((delayMs) => read(fixedDelay(delayMs)).refusals > obeys.refusals * 1.1);
      const others = DELAYS_MS.filter((delayMs) => !worse.includes(delayMs));
      return {
        verdict: others.length === 0 ? 'holds' : worse.length === 0 ? 'refuted' : 'depends',
        evidence: `Retry-After: ${outcome(obeys)}, ${count(obeys.refusals)} refusals. Fixed delays of 250 ms, 1 s and 5 s: ${[250, 1000, 5000].map((delayMs) => `${count(read(fixedDelay(delayMs)).refusals)} refusals and ${ending(read(fixedDelay(delayMs)))}`).join('; ')}. Retry-After is 1 s here, so a fixed second is the same thing.`,
        boundary:
          worse.length === 0 || others.length === 0
            ? ''
            : `more refusals than with Retry-After at ${worse.map(duration).join(', ')}; not at ${others.map(duration).join(', ')}`,
        bars: [
          refusedBar('Retry-After', obeys, true),
          refusedBar('250 ms', read(fixedDelay(250))),
          refusedBar('1 s', read(fixedDelay(1000))),
          refusedBar('5 s', read(fixedDelay(5000))),
        ],
      };
    },
  }),
  claimOf({
    id: '2.8',
    kind: 'trap',
    says: 'A retry with the same request id inside the window is refused again; a fresh id per attempt is not.',
    needs: [on(SAME_ID), on(PROPOSAL), on(SAME_ID, 'request-id-window-1s'), on(PROPOSAL, 'request-id-window-1s')],
    restsOn: [...RESTS_ON, 'request-id-reuse'],
    judge: (read) => {
      const springs = (variant: string) =>
        read(SAME_ID, variant).jobsUndone > read(PROPOSAL, variant).jobsUndone ||
        read(SAME_ID, variant).refusals > read(PROPOSAL, variant).refusals * 1.1;
      const [long, short] = [springs(''), springs('request-id-window-1s')];
      return {
        verdict: long && short ? 'holds' : long || short ? 'depends' : 'refuted',
        evidence: `Window of 10 s (assumed): the same id has ${count(read(SAME_ID).refusals)} refusals and ${ending(read(SAME_ID))}; fresh ids ${count(read(PROPOSAL).refusals)} and ${ending(read(PROPOSAL))}. Window of 1 s: ${count(read(SAME_ID, 'request-id-window-1s').refusals)} and ${count(read(PROPOSAL, 'request-id-window-1s').refusals)} refusals.`,
        boundary:
          long === short ? '' : long ? 'only where the window is longer than Retry-After' : 'only in the short window',
        bars: [refusedBar('same id', read(SAME_ID), true), refusedBar('fresh id', read(PROPOSAL))],
      };
    },
  }),
  claimOf({
    id: '2.9',
    kind: 'cure',
    says: 'Fetch only the flows that changed since the last sync.',
    needs: [on(BACKOFF), on(CHANGED_ONLY)],
    restsOn: RESTS_ON,
    judge: (read) => {
      const [all, changed] = [read(BACKOFF), read(CHANGED_ONLY)];
      return {
        ...judgeSweep([{ label: 'a tenth of the flows changed', grade: gradeCure(all, changed) }]),
        evidence: `All flows: ${count(all.attempts)} calls, ${outcome(all)}. Only the tenth that changed (assumed): ${count(changed.attempts)} calls, ${outcome(changed)}.`,
        bars: [refusedBar('all flows', all), refusedBar('changed flows', changed, true)],
      };
    },
  }),
  claimOf({
    id: '2.10',
    kind: 'cure',
    says: 'Batch the requests.',
    needs: [on(BACKOFF), ...BATCH_SIZES.map((size) => on(batchedBy(size)))],
    restsOn: RESTS_ON,
    judge: (read) => {
      const points = BATCH_SIZES.map((size) => ({
        label: `${size} flows per call`,
        grade: gradeCure(read(BACKOFF), read(batchedBy(size))),
      }));
      return {
        ...judgeSweep(points),
        evidence: `One by one: ${outcome(read(BACKOFF))}. Two flows per call: ${outcome(read(batchedBy(2)))}; ten: ${outcome(read(batchedBy(10)))}; 25: ${outcome(read(batchedBy(25)))}. Each flow of a batch still charges its two internal calls (assumed), so a batch saves a third of the charge at most.`,
        bars: [
          refusedBar('one by one', read(BACKOFF)),
          refusedBar('2 per call', read(batchedBy(2))),
          refusedBar('10 per call', read(batchedBy(10)), true),
          refusedBar('25 per call', read(batchedBy(25))),
        ],
      };
    },
  }),
  claimOf({
    id: '2.11',
    kind: 'trap',
    says: 'A restricted scope sometimes answers 429 instead of 403: retrying can never succeed, and a client should notice.',
    needs: [on(RETRY_AFTER, 'restricted-scope'), on(NOTICES, 'restricted-scope'), on(RETRY_AFTER)],
    restsOn: ['forbidden-as-429'],
    judge: (read) => {
      const [retries, notices] = [read(RETRY_AFTER, 'restricted-scope'), read(NOTICES, 'restricted-scope')];
      const never = read(RETRY_AFTER).jobsUndone === 0 && retries.jobsUndone > 0 && notices.jobsUndone > 0;
      return {
        verdict: never ? 'holds' : 'refuted',
        evidence: `With one tenant restricted, ${ending(retries)} however often they are sent: ${count(retries.refusals)} refusals. A client that gives up where nothing ever passes has ${count(notices.refusals)}.`,
        boundary: '',
        bars: [refusedBar('retries on', retries, true), refusedBar('gives up', notices)],
      };
    },
  }),
];
