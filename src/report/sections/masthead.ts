/** Provenance, and one sentence on what kind of truth this is. */
import type { Policy, Source } from '../../../mock-server/policy.ts';
import type { SuiteResults } from '../../results/results.ts';
import { countOf, formatCount, numberWord, sentenceList } from '../../wording/format.ts';
import type { Fact, Masthead, Material } from '../shape.ts';

/** The masthead of a report. */
export function mastheadSection(material: Material): Masthead {
  const { results, verdict } = material;
  const facts: Fact[] = [
    { label: 'ratelab', value: `${results.tool.version}, schema ${results.schemaVersion}` },
    {
      label: 'Suite',
      value: `${results.scenarios.length} ${results.scenarios.length === 1 ? 'scenario' : 'scenarios'}, ${results.seeds.length} paired ${results.seeds.length === 1 ? 'seed' : 'seeds'}`,
    },
    { label: 'Trials', value: formatCount(verdict.trials) },
    { label: 'Time', value: modeText(results) },
    { label: 'Digest', value: results.digest.slice(0, 12), code: true },
  ];
  return { facts, caution: caution(results.scenarios.map(({ policy }) => policy)), warnings: warnings(material) };
}

/** `virtual`, or `real HTTP, 5 to 20 times real time`. */
function modeText({ mode, scenarios }: SuiteResults): string {
  if (mode === 'virtual') return mode;
  const speeds = scenarios.flatMap(({ cells }) =>
    cells.flatMap(({ trials }) => trials.flatMap(({ wire }) => wire?.speed ?? [])),
  );
  if (speeds.length === 0) return 'real HTTP';
  const [least, most] = [Math.min(...speeds), Math.max(...speeds)];
  return `real HTTP, ${least === most ? '' : `${least} to `}${most} times real time`;
}

/** Sources of every rule of a policy: limits, penalties, background traffic, quirks. */
export function ruleSources(policy: Policy): Source[] {
  const quirks = [policy.quirks.requestIdReuse, policy.quirks.forbiddenAs429].flatMap((quirk) =>
    quirk ? [quirk.source] : [],
  );
  return [...policy.limits, ...policy.penalties, ...policy.background].map(({ source }) => source).concat(quirks);
}

const sourceWords: readonly (readonly [Source, string])[] = [
  ['documented', 'documented'],
  ['staff', 'stated by staff'],
  ['observed', 'observed'],
  ['reported', 'reported by users'],
  ['assumed', 'assumed'],
];

function caution(policies: readonly Policy[]): string {
  const sources = policies.flatMap(ruleSources);
  const parts = sourceWords.flatMap(([source, word]) => {
    const count = sources.filter((other) => other === source).length;
    return count === 0 ? [] : [`${numberWord(count)} ${count === 1 ? 'is' : 'are'} ${word}`];
  });
  const model = 'Every number comes from a model of the platform, not from the platform.';
  return `${model} Of its ${countOf(sources.length, 'rule')}, ${sentenceList(parts)}; each is marked where it is used.`;
}

/** Failures that are faults of a strategy's code, as who wrote it wants to read why: one line for each strategy and reason. */
const CODE_FAULTS: readonly string[] = [
  'threw',
  'busy-waiting',
  'process-exit',
  'unhandled-rejection',
  'stalled',
  'real-io',
  'out-of-memory',
];

function thrown({ scenarios }: SuiteResults): string[] {
  const lines = scenarios.flatMap(({ name, cells }) =>
    cells.flatMap(({ strategy, trials }) => {
      const failed = trials.filter(({ failure }) => failure !== null && CODE_FAULTS.includes(failure.reason));
      const [first] = failed;
      if (!first?.failure) return [];
      const { reason, detail } = first.failure;
      return [
        `The code of ${strategy} failed in ${countOf(failed.length, 'trial')} of ${name} (${reason}), first with seed ${first.seed}: ${detail}`,
      ];
    }),
  );
  return lines.length <= THROWN_SHOWN
    ? lines
    : [...lines.slice(0, THROWN_SHOWN), `The code of strategies failed in ${lines.length - THROWN_SHOWN} more cells.`];
}

/** Most such lines; the rest are counted. */
const THROWN_SHOWN = 5;

function warnings({ results, verdict }: Material): string[] {
  const few = verdict.scenarios.filter(({ moreSeeds }) => moreSeeds > 0);
  const missing = verdict.scenarios.filter(({ cells }) => cells.some(({ missingSeeds }) => missingSeeds > 0));
  return [
    ...(results.mode === 'wire' ? [`Measured over ${modeText(results)}: a second run differs a little.`] : []),
    ...(results.complete ? [] : ['The run was interrupted: this report holds what was done until then.']),
    ...(missing.length > 0 && results.complete
      ? [`Trials are missing in ${sentenceList(missing.map(({ name }) => name))}.`]
      : []),
    ...(few.length > 0
      ? [
          `Too few seeds for a verdict in ${sentenceList(few.map(({ name, seeds, seedsNeeded }) => `${name} (${seeds} of ${seedsNeeded} needed)`))}.`,
        ]
      : []),
    ...(verdict.failedTrials > 0
      ? [
          `${formatCount(verdict.failedTrials)} of ${formatCount(verdict.trials)} trials failed or lost jobs; they are counted against their strategies, never dropped.`,
        ]
      : []),
    ...thrown(results),
  ];
}
