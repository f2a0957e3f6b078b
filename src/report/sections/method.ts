/** How it was computed, how to do it again, what it cannot tell, and what the words mean. */
import { capitalized, formatShare, numberWord, sentenceList } from '../../wording/format.ts';
import type { Fact, Material, Method } from '../shape.ts';
import { ruleSources } from './masthead.ts';

/** The last section of a report. */
export function methodSection(material: Material): Method {
  const { results } = material;
  return {
    heading: 'Every number is one command away.',
    computed: [
      'The unit is the seed: one whole run. Percentiles are taken within a run, then compared across seeds.',
      'Runs are paired. A seed fixes arrivals, sizes, service times and the gateway’s dice for every strategy alike.',
      'Differences are paired Hodges–Lehmann estimates with exact signed-rank intervals, shared over a scenario’s comparisons.',
      'Waiting counts from the intended start, so a stalled sender cannot hide its queue.',
      'The lower bound is what no client can beat under this policy and workload. It is a floor, not a strategy.',
      ...timeRules(results),
      ...librariesUsed(results),
    ],
    verdict: verdictRules(material),
    limits: cannotTell(material),
    replay: replay(material),
    glossary,
    footer: [
      `ratelab ${results.tool.version}, results digest ${results.digest.slice(0, 16)}, schema ${results.schemaVersion}`,
      'One file, no external requests. Tables and findings stand without scripts.',
    ],
  };
}

function timeRules({ mode }: Material['results']): string[] {
  if (mode === 'virtual')
    return ['Time is virtual: nothing waits, and the same seed gives the same bytes on any machine.'];
  return [
    'Every call went over real HTTP to a gateway in another process, on clocks that run at the speed shown. The seed fixes the work and the dice, but not the order of calls that arrive together: a second run differs a little.',
    'Not measured on the wire: idle capacity (the gateway is out of sight), runs of single organizations, timelines. Strategies from files use the real Date and timers unless they take time from their context.',
  ];
}

/** Which version of each library ran: majors differ. */
function librariesUsed({ scenarios }: Material['results']): string[] {
  const used = new Set(
    scenarios.flatMap(({ cells }) =>
      cells.flatMap(({ packages = [] }) => packages.map(({ name, version }) => `${name} ${version}`)),
    ),
  );
  return used.size === 0 ? [] : [`Libraries ran unmodified: ${sentenceList([...used].toSorted())}.`];
}

function verdictRules({ verdict }: Material): string[] {
  const budgets = [
    ...new Set(verdict.scenarios.map(({ refusedShareMax }) => formatShare(refusedShareMax).replace('.0', ''))),
  ];
  return [
    'A strategy that loses a job on any seed is not eligible.',
    `A strategy with more than ${sentenceList(budgets)} of its calls refused is over budget and cannot be picked, however fast.`,
    'Wholly within ±2\u00A0% of the lowest is the same. Told apart and beyond is slower. Anything else is unsure, and the report says how many seeds would settle it.',
    'Scenarios are never averaged. The pick has the smallest worst-case regret among the strategies eligible everywhere; fewer refused calls settle a draw.',
  ];
}

function cannotTell({ results, verdict }: Material): string[] {
  const sources = results.scenarios.flatMap(({ policy }) => ruleSources(policy));
  const soft = sources.filter((source) => source === 'reported' || source === 'assumed').length;
  const binding = verdict.scenarios.filter(({ cells }, index) => {
    const limit = cells.find((cell) => cell.lowest)?.bound?.limit;
    const source = results.scenarios[index]?.policy.limits.find(({ name }) => name === limit)?.source;
    return source === 'reported' || source === 'assumed';
  });
  const rests =
    binding.length === 0
      ? ''
      : ` In ${sentenceList(binding.map(({ name }) => name))} the limit that binds is one of them, so the ranking there rests on it.`;
  return [
    `A simulated gateway is only as true as its rules. ${soft === sources.length ? `All ${numberWord(soft)}` : `${capitalized(numberWord(soft))} of ${sources.length}`} are reported by users or assumed.${rests}`,
    'Costs other than time and refused calls are not modelled: support, disabled clients, money.',
    'A strategy is judged with the parameters shown. Other parameters are other strategies.',
  ];
}

function replay({ results, verdict }: Material): Method['replay'] {
  const scenario =
    verdict.scenarios.find(({ cells }) => cells.some(({ strategy }) => strategy === verdict.pick.strategy)) ??
    verdict.scenarios[0];
  const cell = scenario?.cells.find(({ strategy }) => strategy === verdict.pick.strategy) ?? scenario?.cells[0];
  const isWire = results.mode === 'wire';
  return [
    {
      text: isWire ? 'The whole suite again; its digest will differ' : 'The whole suite again, to the same digest',
      command: results.replay,
    },
    ...(scenario && cell
      ? [
          {
            text: isWire
              ? 'The pick’s median run, but in virtual time'
              : 'The run behind any dot, for example the pick’s median one',
            command: `ratelab replay ${scenario.name} '${cell.strategy}' --seed ${cell.medianSeed ?? results.seeds[0] ?? 1}`,
          },
        ]
      : []),
    ...(scenario
      ? [
          {
            text: 'One scenario with other parameters of a strategy',
            command: `ratelab run ${scenario.name} --strategy 'token-bucket:ratePerSecond=5'`,
          },
        ]
      : []),
    { text: 'This report from its results, byte for byte', command: 'ratelab report results.json' },
  ];
}

const glossary: readonly Fact[] = [
  { label: 'Makespan', value: 'From the first job available to the last job done.' },
  { label: 'Refused', value: 'Calls not admitted (429, 503 or 403), as a share of all calls sent.' },
  { label: '× bound', value: 'Makespan divided by the lower bound of the same seed.' },
  { label: 'Regret', value: 'Extra makespan against the lowest eligible strategy of the scenario.' },
  { label: 'p95 wait', value: 'Time by which 95\u00A0% of the jobs were done, from their intended start.' },
  { label: 'Worst org', value: 'The slowest organization’s makespan over that of a run in which it is alone.' },
  { label: 'In budget', value: 'No job lost, and no more calls refused than the scenario allows.' },
  { label: 'Seed', value: 'The number that fixes everything random in a run. Strategies meet on equal seeds.' },
];
