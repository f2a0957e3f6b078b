/** What thread 0 claims, as checks. */
import { BACKOFF, CONCURRENCY, NONE, REMAINING_GATE, RETRY_AFTER } from './common-strategies.ts';
import { claimOf, type Reading } from './evidence.ts';
import {
  boundaryOf,
  causeShare,
  count,
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

const spacedBy = (delayMs: number) => `${BACKOFF}+spacing:minMs=${delayMs},maxMs=${delayMs}`;
const batchedBy = (size: number) => `${BACKOFF}+batch:size=${size}`;

/** The thread's own advice: a queue per organization, a random 200 to 500 ms between calls, exponential backoff. */
export const PROPOSAL = `${BACKOFF}+spacing:minMs=200,maxMs=500`;
/** The cap itself as a client-side limit, for a client that knows it. */
export const KNOWN_CAP = `concurrency:by=org,limit=3+${RETRY_AFTER}`;
/** Spacing a little wider than three places and 4 s of service ask for. */
export const SPACED = spacedBy(2000);

const CAP = 'segment-creations';
const RESTS_ON_CAP = [CAP];
const CLAIMED_SPACINGS_MS = [200, 500];
const WIDER_SPACINGS_MS = [2000, 3000];
const BATCH_SIZES = [2, 5, 10];

/** Every row of thread 0. */
export const bulkSegmentsClaims: readonly Claim[] = [
  claimOf({
    id: '0.1',
    kind: 'symptom',
    says: 'Fifty segment definitions a minute over several organizations get hard 429s.',
    needs: [on(NONE)],
    restsOn: RESTS_ON_CAP,
    judge: (read) => {
      const naive = read(NONE);
      const shows = symptomShows(naive) && causeShare(naive, CAP) >= 0.5;
      return {
        verdict: shows ? 'holds' : 'refuted',
        evidence: `${refused(naive)} of the calls of a client without retries are refused (at least ${share(naive.refusedShareMin)} on every seed), ${share(causeShare(naive, CAP))} of them by the cap on concurrent creations.`,
        boundary: '',
        bars: [refusedBar('refused', naive, true)],
      };
    },
  }),
  claimOf({
    id: '0.2',
    kind: 'symptom',
    says: 'The 429s persist with exponential backoff.',
    needs: [on(NONE), on(BACKOFF)],
    restsOn: RESTS_ON_CAP,
    judge: (read) => {
      const [naive, backoff] = [read(NONE), read(BACKOFF)];
      return {
        verdict: symptomShows(backoff) ? 'holds' : 'refuted',
        evidence: `With exponential backoff and full jitter ${outcome(backoff)}; ${count(backoff.refusals)} refusals against ${count(naive.refusals)} without retries. Backoff spaces the retries, not the first attempts.`,
        boundary: '',
        bars: [refusedBar('no retry', naive), refusedBar('backoff', backoff, true)],
      };
    },
  }),
  claimOf({
    id: '0.3',
    kind: 'symptom',
    says: 'X-RateLimit-Remaining on the successes before showed ample capacity.',
    needs: [
      on(RETRY_AFTER),
      on(REMAINING_GATE),
      on(RETRY_AFTER, 'header-of-the-cap'),
      on(REMAINING_GATE, 'header-of-the-cap'),
    ],
    restsOn: [CAP, 'analytics-rate'],
    judge: (read) => {
      const [plain, gated] = [read(RETRY_AFTER), read(REMAINING_GATE)];
      const [honestPlain, honest] = [read(RETRY_AFTER, 'header-of-the-cap'), read(REMAINING_GATE, 'header-of-the-cap')];
      const misleads = symptomShows(gated) && isSame(plain.refusals, gated.refusals);
      return {
        verdict: misleads ? 'holds' : 'refuted',
        evidence: `A client that waits while Remaining is 0 has as many refusals as one that never looks: ${count(gated.refusals)} and ${count(plain.refusals)}. The header speaks of the per-minute rate. Were it to speak of the cap, the figures would be ${count(honest.refusals)} and ${count(honestPlain.refusals)}.`,
        boundary: '',
        bars: [refusedBar('never looks', plain), refusedBar('waits at 0', gated, true)],
      };
    },
  }),
  claimOf({
    id: '0.4',
    kind: 'cause',
    says: 'Limits count per organization, not over the multi-org token.',
    needs: [on(BACKOFF), on(BACKOFF, 'without-creation-cap'), on(CONCURRENCY), on(CONCURRENCY, 'cap-per-client')],
    restsOn: RESTS_ON_CAP,
    judge: (read) => {
      const [base, without] = [read(BACKOFF), read(BACKOFF, 'without-creation-cap')];
      const [perOrg, perClient] = [read(CONCURRENCY), read(CONCURRENCY, 'cap-per-client')];
      const holds = vanishes(base, without) && !symptomShows(perOrg) && symptomShows(perClient);
      return {
        verdict: holds ? 'holds' : 'refuted',
        evidence: `On this model: without the per-organization cap ${count(without.refusals)} refusals remain of ${count(base.refusals)}. A client that sends two at a time per organization has ${refused(perOrg)} refused; if the cap counted over the multi-org client it would have ${refused(perClient)}. That is the test to make on the platform.`,
        boundary: '',
        bars: [refusedBar('cap per org', perOrg, true), refusedBar('cap per client', perClient)],
      };
    },
  }),
  claimOf({
    id: '0.5',
    kind: 'cause',
    says: 'A hard cap on concurrent creations per organization, which the Premium tier does not raise.',
    needs: [on(NONE), on(NONE, 'standard-tier'), on(NONE, 'premium-raises-cap')],
    restsOn: RESTS_ON_CAP,
    judge: (read) => {
      const [premium, standard, raised] = [read(NONE), read(NONE, 'standard-tier'), read(NONE, 'premium-raises-cap')];
      const holds = symptomShows(premium) && isSame(premium.refusals, standard.refusals);
      return {
        verdict: holds ? 'holds' : 'refuted',
        evidence: `On this model: ${refused(premium)} refused in the Premium tier, ${refused(standard)} in the standard tier. If Premium raised the cap from 3 to 8, ${refused(raised)} would be.`,
        boundary: '',
        bars: [
          refusedBar('Premium', premium, true),
          refusedBar('standard', standard),
          refusedBar('Premium, cap 8', raised),
        ],
      };
    },
  }),
  claimOf({
    id: '0.6',
    kind: 'cure',
    says: 'Queue the calls, with 200 to 500 ms between calls to the same organization, plus exponential backoff.',
    needs: [
      on(BACKOFF),
      ...[...CLAIMED_SPACINGS_MS, ...WIDER_SPACINGS_MS].map((delayMs) => on(spacedBy(delayMs))),
      on(BACKOFF, 'quick-creations'),
      ...CLAIMED_SPACINGS_MS.map((delayMs) => on(spacedBy(delayMs), 'quick-creations')),
    ],
    restsOn: RESTS_ON_CAP,
    judge: (read) => {
      const grades = (delaysMs: readonly number[], variant: string) =>
        delaysMs.map((delayMs) => ({
          label: `${delayMs} ms${variant === '' ? '' : ' with 0.6 s of service'}`,
          grade: gradeCure(read(BACKOFF, variant), read(spacedBy(delayMs), variant)),
        }));
      const claimed = grades(CLAIMED_SPACINGS_MS, '');
      const elsewhere = [...grades(WIDER_SPACINGS_MS, ''), ...grades(CLAIMED_SPACINGS_MS, 'quick-creations')];
      const verdict = judgeSweep([...claimed, ...elsewhere]).verdict;
      const [narrow, wide] = [read(spacedBy(500)), read(spacedBy(2000))];
      return {
        verdict: judgeSweep(claimed).verdict === 'holds' ? 'holds' : verdict,
        evidence: `Three places and 4 s of service (both assumed) pass one call about every 1.5 s. 500 ms apart ${refused(narrow)} are refused (backoff alone ${refused(read(BACKOFF))}); 2 s apart ${outcome(wide)}; 3 s apart ${outcome(read(spacedBy(3000)))}. Where a creation takes 0.6 s, 500 ms leave ${refused(read(spacedBy(500), 'quick-creations'))}.`,
        boundary: boundaryOf([...claimed, ...elsewhere]),
        bars: [
          refusedBar('backoff', read(BACKOFF)),
          refusedBar('500 ms', narrow, true),
          refusedBar('2 s', wide),
          refusedBar('500 ms, 0.6 s of service', read(spacedBy(500), 'quick-creations')),
        ],
      };
    },
  }),
  claimOf({
    id: '0.7',
    kind: 'cure',
    says: 'Wait exactly the Retry-After of the 429.',
    needs: [on(BACKOFF), on(RETRY_AFTER), on(BACKOFF, 'ten-a-minute'), on(RETRY_AFTER, 'ten-a-minute')],
    restsOn: RESTS_ON_CAP,
    judge: (read) => {
      const [backoff, obeys] = [read(BACKOFF), read(RETRY_AFTER)];
      const [backoffTen, obeysTen] = [read(BACKOFF, 'ten-a-minute'), read(RETRY_AFTER, 'ten-a-minute')];
      const points = [
        { label: '50 a minute', grade: gradeCure(backoff, obeys) },
        { label: '10 a minute', grade: gradeCure(backoffTen, obeysTen) },
      ];
      return {
        ...judgeSweep(points),
        evidence: `Waiting exactly Retry-After: ${outcome(obeys)}; with backoff ${outcome(backoff)}. All that were refused together come back together when one place is free. At ten a minute: ${refused(obeysTen)} and ${refused(backoffTen)}.`,
        bars: [refusedBar('backoff', backoff), refusedBar('Retry-After', obeys, true)],
      };
    },
  }),
  claimOf({
    id: '0.8',
    kind: 'cure',
    says: 'Batch segment updates to cut the number of calls.',
    needs: [on(BACKOFF), ...BATCH_SIZES.map((size) => on(batchedBy(size))), on(batchedBy(5), 'batch-saves-nothing')],
    restsOn: RESTS_ON_CAP,
    judge: (read) => {
      const single = read(BACKOFF);
      const points = [
        ...BATCH_SIZES.map((size) => ({ label: `${size} per call`, grade: gradeCure(single, read(batchedBy(size))) })),
        {
          label: '5 per call if a batch saves no service time',
          grade: gradeCure(single, read(batchedBy(5), 'batch-saves-nothing')),
        },
      ];
      const shown = (reading: Reading) => `${count(reading.attempts)} calls, ${outcome(reading)}`;
      return {
        ...judgeSweep(points),
        evidence: `One definition per call: ${shown(single)}. Five per call: ${shown(read(batchedBy(5)))}; ten: ${shown(read(batchedBy(10)))}. That a further definition adds 1 s to a call is assumed; if it added 4 s: ${shown(read(batchedBy(5), 'batch-saves-nothing'))}.`,
        bars: [
          refusedBar('one by one', single),
          ...BATCH_SIZES.map((size) => refusedBar(`${size} per call`, read(batchedBy(size)), size === 5)),
        ],
      };
    },
  }),
];
