/** What the report of a discovery says: one pure model behind terminal, Markdown and HTML. */
import { policyOfDiscovery } from '../../discovery/answer/policy.ts';
import { strategiesFor } from '../../discovery/answer/strategies.ts';
import type { DiscoveryResults, FoundLimit } from '../../results/discovery-results.ts';
import { capitalized, countOf, formatCount, formatDuration, formatShare, sentenceList } from '../../wording/format.ts';
import type { Fact, Table } from '../shape.ts';
import { interferenceOf, recoveryOf, staircaseOf } from './evidence.ts';
import type { DiscoveryReport, LimitPart } from './shape.ts';
import {
  countedText,
  countsText,
  exactMs,
  exactNumber,
  familyText,
  intervalsText,
  limitText,
  nounOf,
  numbersText,
  rangeText,
  retryAfterText,
  routesText,
  UNKNOWN_WORDS,
  unitsOf,
} from './words.ts';

/** Makes the model. Pure: the same results give the same model. */
export function buildDiscoveryReport(results: DiscoveryResults): DiscoveryReport {
  const { limits, unknown, target, mode } = results;
  const unsure = limits.filter(({ status }) => status === 'ambiguous').length;
  const headline = headlineOf(limits.length, unsure);
  const hidden = unknown.length === 0 ? '' : `${capitalized(countOf(unknown.length, 'thing'))} could not be known.`;
  return {
    title: `ratelab ${mode === 'traffic' ? 'infer' : 'discover'}: ${headline}`,
    headline,
    subline: hidden,
    lede: [spentSentence(results), lookedSentence(results)],
    provenance: provenance(results),
    warnings: warnings(results),
    facts: facts(results),
    limits: limits.map(limitPart),
    unknown: {
      heading:
        unknown.length === 0
          ? 'Nothing is on record as unknown, within how far was looked.'
          : `${capitalized(countOf(unknown.length, 'thing'))} could not be known, and why.`,
      table: {
        columns: ['What', 'kind', 'why'],
        rows: unknown.map(({ what, kind, why }) => [what, UNKNOWN_WORDS[kind], why]),
      },
    },
    exclusions: exclusionsOf(results),
    noise: noiseSentences(results),
    verification: verificationSentences(results),
    strategies: strategiesFor(results),
    policy: JSON.stringify(policyOfDiscovery(results), null, 2),
    next: nextSteps(results, target.kind === 'traffic'),
    method: methodOf(results),
  };
}

function headlineOf(all: number, unsure: number): string {
  if (all === 0) return 'No limit was found.';
  const limits = capitalized(countOf(all, 'limit'));
  if (unsure === 0) return `${limits} found.`;
  return unsure === all
    ? `${limits} seen, none decided.`
    : `${limits} found, ${countOf(unsure, 'of them', 'of them')} ambiguous.`;
}

function spentSentence({ spent, mode }: DiscoveryResults): string {
  const other = spent.unknown > 0 ? `, ${formatCount(spent.unknown)} told nothing about limits` : '';
  const verb =
    mode === 'traffic'
      ? 'requests of the traffic were read'
      : mode === 'log'
        ? 'probes were read from the log'
        : 'probes were sent';
  return `${formatCount(spent.requests)} ${verb}, over ${formatDuration(spent.timeMs)}: ${formatCount(spent.admitted)} admitted, ${formatCount(spent.rejections)} rejected${other}.`;
}

function lookedSentence({ exclusions, spent, mode }: DiscoveryResults): string {
  if (exclusions.length === 0) return 'It is not recorded how far one looked for more.';
  const most = exclusions.reduce((a, b) => (b.requests > a.requests ? b : a));
  const looked = `${formatCount(most.requests)} requests in ${formatDuration(most.overMs)} found nothing more`;
  if (mode === 'traffic') return `At the most, ${looked}.`;
  return `Of these, ${formatCount(spent.exclusionRequests)} only looked for further limits; at the most, ${looked}.`;
}

function provenance({ target, mode, identities, routes, budget, tool, startedAtMs }: DiscoveryResults): Fact[] {
  const shown =
    Number.isFinite(startedAtMs) && Math.abs(startedAtMs) < 8e15 ? new Date(startedAtMs).toISOString() : '\u2013';
  return [
    { label: target.kind, value: target.name },
    {
      label: 'mode',
      value: { active: 'probed', log: 'from a log of probes', traffic: 'from traffic, nothing sent' }[mode],
    },
    { label: 'identities', value: formatCount(identities.length) },
    { label: 'routes', value: formatCount(routes.length) },
    ...(mode === 'traffic'
      ? []
      : [
          {
            label: 'budget',
            value: `${formatCount(budget.requests)} requests, ${formatCount(budget.rejections)} rejections, ${formatDuration(budget.timeMs)}`,
          },
        ]),
    { label: 'started', value: shown },
    { label: 'ratelab', value: tool.version },
  ];
}

function warnings({ complete, penalty, noise, mode, verification }: DiscoveryResults): string[] {
  const lag = noise.enforcementLagMs?.high ?? 0;
  return [
    ...(complete ? [] : ['The discovery did not come to its end: this is what was known by then.']),
    ...(penalty === null
      ? []
      : [
          `A sign of a penalty was met after ${formatCount(penalty.afterRequests)} requests: ${penalty.sign} (status ${penalty.status}). ${penalty.note}`.trim(),
        ]),
    ...(mode === 'traffic'
      ? [
          'Traffic that was not sent to measure decides little: most of what follows is a range, and a limit that was never reached leaves no trace.',
        ]
      : []),
    ...(noise.errorShare > 0.01
      ? [`${formatShare(noise.errorShare)} of the answers had nothing to do with limits.`]
      : []),
    ...(lag > 0
      ? [`Charges are seen up to ${formatDuration(lag)} late: capacities measured by bursts may read too high.`]
      : []),
    ...(verification !== null && verification.equal < verification.probes
      ? [
          `Verification found ${formatCount(verification.probes - verification.equal)} of ${formatCount(verification.probes)} decisions that this answer does not predict.`,
        ]
      : []),
  ];
}

function facts({ limits, spent, exclusions, mode }: DiscoveryResults): Fact[] {
  const unsure = limits.filter(({ status }) => status === 'ambiguous').length;
  return [
    { label: 'Limits decided', value: formatCount(limits.length - unsure) },
    { label: 'Ambiguous', value: formatCount(unsure) },
    { label: mode === 'traffic' ? 'Requests read' : 'Probes sent', value: formatCount(spent.requests) },
    { label: 'Rejections', value: formatCount(spent.rejections) },
    ...(mode === 'traffic' ? [] : [{ label: 'Only to look for more', value: formatCount(spent.exclusionRequests) }]),
    { label: 'Time of the gateway', value: formatDuration(spent.timeMs) },
    { label: 'Excluded stretches', value: formatCount(exclusions.length) },
  ];
}

function limitPart(limit: FoundLimit, index: number): LimitPart {
  const { status, scopeUndecided, alternatives, algorithm, reason, spent } = limit;
  const doubts = [
    ...(status === 'ambiguous' ? [`Ambiguous: ${reason || 'several rules fit'}.`] : []),
    ...(scopeUndecided.length > 0
      ? [`It may count by ${sentenceList(scopeUndecided)} as well, or instead: no identity at hand differed in that.`]
      : []),
  ];
  return {
    anchor: `limit-${index + 1}`,
    name: limit.name,
    found: status === 'found',
    sentence: `${capitalized(limitText(limit))}.`,
    line: `${capitalized(limitText(limit))}; ${intervalsText(limit)}; on ${routesText(limit)}; ${countsText(limit)}; ${retryAfterText(limit)}.`,
    doubt: doubts.join(' '),
    alternatives: alternatives.map((other) => `${familyText(other)}: ${numbersText(other, nounOf(limit))}`),
    numbers: numbersOf(limit),
    facts: [
      { label: 'Counted', value: countedText(limit.scope) },
      { label: 'Rule', value: status === 'found' ? familyText(algorithm) : `${familyText(algorithm)}, or another` },
      { label: 'Routes', value: routesText(limit) },
      {
        label: 'Rejected requests',
        value: { admitted: 'do not count', all: 'count', unknown: 'not known' }[limit.counts],
      },
      { label: 'Hint', value: capitalized(retryAfterText(limit)) },
      {
        label: 'Spent on it',
        value: `${formatCount(spent.requests)} requests, ${formatCount(spent.rejections)} of them rejected`,
      },
    ],
    staircase: staircaseOf(limit),
    recovery: recoveryOf(limit),
    interference: interferenceOf(limit),
  };
}

function numbersOf(limit: FoundLimit): Table {
  const { algorithm, intervals } = limit;
  const { capacity, windowMs, refillPerSecond, stepMs } = intervals;
  const rate = (value: number) => `${exactNumber(value)}/s`;
  return {
    columns: ['Number', 'found', '95\u00A0% interval'],
    rows: [
      [`capacity, in ${nounOf(limit)}s`, exactNumber(unitsOf(algorithm)), rangeText(capacity, exactNumber)],
      ...(windowMs === null
        ? []
        : [['window', 'windowMs' in algorithm ? exactMs(algorithm.windowMs) : '\u2013', rangeText(windowMs, exactMs)]]),
      ...(refillPerSecond === null
        ? []
        : [
            [
              'refill',
              'refillPerSecond' in algorithm ? rate(algorithm.refillPerSecond) : '\u2013',
              rangeText(refillPerSecond, rate),
            ],
          ]),
      ...(stepMs === null
        ? []
        : [['step', 'stepMs' in algorithm ? exactMs(algorithm.stepMs) : '\u2013', rangeText(stepMs, exactMs)]]),
    ],
  };
}

function exclusionsOf({ exclusions, mode }: DiscoveryResults): DiscoveryReport['exclusions'] {
  const few = (names: readonly string[]) =>
    names.length <= 4
      ? sentenceList(names)
      : `${names.slice(0, 3).join(', ')} and ${formatCount(names.length - 3)} more`;
  return {
    heading:
      exclusions.length === 0
        ? 'It is not recorded how far one looked for further limits.'
        : mode === 'traffic'
          ? 'So much passed at the most: limits below that are excluded, limits above leave no trace.'
          : 'So far one looked for further limits, and found none.',
    table: {
      columns: ['Together', 'on', 'requests', 'within'],
      rows: exclusions.map(({ identities, routes, requests, overMs }) => [
        few(identities),
        few(routes),
        formatCount(requests),
        formatDuration(overMs),
      ]),
    },
  };
}

function noiseSentences({ noise, headers, penalty }: DiscoveryResults): string[] {
  const { errorShare, errorsCharge, jitterMs, backgroundShare, enforcementLagMs } = noise;
  const charge =
    errorsCharge === null ? 'whether they charge is not known' : errorsCharge ? 'they charge' : 'they do not charge';
  return [
    errorShare === 0
      ? 'No answer was an error unrelated to limits.'
      : `${formatShare(errorShare)} of the answers were errors unrelated to limits; ${charge}.`,
    jitterMs === 0 ? 'No jitter was seen.' : `Answers vary by ${formatDuration(jitterMs)}.`,
    backgroundShare === null
      ? 'Use by others was not measured.'
      : (backgroundShare.high ?? 1) === 0
        ? 'Nobody else used the limits.'
        : `Others used ${rangeText(backgroundShare, formatShare)} of the capacity.`,
    enforcementLagMs === null
      ? 'Enforcement lag was not measured.'
      : enforcementLagMs.high === 0
        ? 'Charges are seen at once.'
        : `Charges are seen with a lag of ${rangeText(enforcementLagMs, formatDuration)}.`,
    headersSentence(headers),
    penalty === null
      ? 'No sign of a penalty was met.'
      : `Sign of a penalty: ${penalty.sign} (status ${penalty.status}).`,
  ];
}

function headersSentence({ present, speaksOf, worth, note }: DiscoveryResults['headers']): string {
  if (!present) return 'No rate headers are given.';
  const worths = {
    absent: 'are absent',
    true: 'are true',
    stale: 'are stale',
    misleading: 'mislead',
    unclear: 'are unclear',
  };
  const of = speaksOf === null ? 'of none of the limits that were found' : `of ${speaksOf}`;
  return `The rate headers ${worths[worth]}, and speak ${of}${note === '' ? '.' : `: ${note.replace(/\.$/, '')}.`}`;
}

function verificationSentences({ verification }: DiscoveryResults): string[] {
  if (verification === null) return ['This answer was not verified on fresh requests.'];
  const { probes, equal, share, mismatches } = verification;
  return [
    `${formatCount(equal)} of ${formatCount(probes)} fresh decisions were as this answer predicts (${rangeText(share, formatShare)}).`,
    ...mismatches.slice(0, 10),
    ...(mismatches.length > 10 ? [`and ${formatCount(mismatches.length - 10)} more`] : []),
  ];
}

function nextSteps(
  { limits, unknown, verification, complete, penalty, exclusions }: DiscoveryResults,
  isTraffic: boolean,
): string[] {
  const kinds = new Set(unknown.map(({ kind }) => kind));
  return [
    ...(penalty === null ? [] : ['Wait until the penalty is over before anything else is sent.']),
    ...(isTraffic ? ['Probe where you may: ratelab discover decides what traffic cannot.'] : []),
    ...(!complete && !isTraffic ? ['Go on from its log of probes.'] : []),
    ...(verification === null && !isTraffic && limits.length > 0
      ? ['Check this answer on fresh requests: ratelab discover --verify.']
      : []),
    ...(kinds.has('not-supplied') ? ['Supply identities that differ in one label at a time, and more routes.'] : []),
    ...(kinds.has('budget') || kinds.has('not-driven')
      ? ['Allow more requests or more time: what is larger or longer was not driven.']
      : []),
    ...(limits.length > 0
      ? [
          'Compare strategies on it: ratelab run --policy discovered.policy.json (with a scenario that calls the routes that were probed).',
        ]
      : exclusions.length > 0
        ? ['Nothing has to be paced as long as you stay below what was driven.']
        : []),
  ];
}

function methodOf({ mode }: DiscoveryResults): string[] {
  return [
    mode === 'traffic'
      ? 'Nothing was sent. Each rule is replayed over the requests as they were answered: it is kept when it allows every admitted one and forbids every rejected one.'
      : 'Each rule is replayed over the whole record with the outcomes as they were observed: it is kept when every admitted request fits, and every rejected one is explained by some limit.',
    'Found: one rule is left, and its numbers are the only ones that the record allows, or lie in the interval. Ambiguous: several rules that differ in what they would do are left; none is called the winner.',
    'Intervals hold the true number with 95\u00A0% confidence; with equal ends the number is decided exactly.',
    'Staircase: requests offered and admitted, added up. Recovery: requests sent a time after a rejection. Interference: exhausted by one identity or route, probed with another.',
    'The policy holds the most restrictive rule of each ambiguous limit. Requests to routes that were not probed pass in it.',
    'Strategies are paced just inside the numbers that were found, per what a client can count by.',
  ];
}
