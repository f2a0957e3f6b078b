/** The page reports/limiters/README.md from the findings: a pure function. */
import { formatDuration, formatShare } from '../../src/wording/format.ts';
import { SEEDS, type LimiterFinding, type ScenarioFinding } from './findings.ts';
import { refusals, type RefusalName } from './header-probe.ts';
import { AT_ONCE_MS, HUGE_MS, sentenceFor } from './sentence.ts';
import { shortlists } from './shortlists.ts';

/** Longest delay of a timer of Node: a signed 32-bit number of ms. */
const TIMER_MAX_MS = 2 ** 31 - 1;

/** The whole page, Markdown. */
export function limitersPage(findings: readonly LimiterFinding[]): string {
  const blocks = [
    '# What the limiters and retry libraries do',
    ...INTRODUCTION,
    '## Which one',
    shortlists(findings),
    '## In one sentence each',
    'Made by the same rules for all, from the tables below: the most notable thing it does with a refusal (or with its own limit), and what comes of it in the scenarios.',
    ...grouped(findings, sentenceTable),
    '## What they do with a refusal',
    ...REFUSALS,
    refusalTable(findings.filter(({ waitsMs }) => waitsMs !== null)),
    '## Whether pacers keep their limit',
    ...WINDOWS,
    windowTable(findings.filter(({ window }) => window !== null)),
    '## In the scenarios',
    ...SCENARIOS,
    ...grouped(findings, scenarioTable),
    '## How evenly',
    ...FAIRNESS,
    ...grouped(findings, fairnessTable),
    '## Where this comes from',
    ...SOURCES,
  ];
  return `${blocks.join('\n\n')}\n`;
}

const INTRODUCTION = [
  'Unmodified packages from npm, each driven the way its documentation says, against a simulated platform in virtual time. Every number is computed; none is written by hand. "On this model of the platform" goes for all of it.',
  'Which to use: a **retrier** sends a refused call again; a **pacer** holds calls back so that few are refused. A pacer alone loses what is refused all the same, so each stands inside a retry in the scenarios (`retry-after+…`). A good retrier waits as long as it is told and comes back; a good pacer keeps its limit wherever the window lies. No single one fits all scenarios: `ratelab run <scenario> -s <spec>` tells for yours.',
];

const REFUSALS = [
  'One call is refused once (429) and whoever comes back is served. The time from the refusal to the next attempt, by what Retry-After said; in bold where it comes back sooner than it was told, or waits for weeks.',
  `*gives up*: no second attempt, the caller gets the 429. *at once*: within ${AT_ONCE_MS} ms. The date is 7.99 s ahead; 3,000,000 s are ${formatDuration(HUGE_MS)}, more than a timer of Node can hold (${formatDuration(TIMER_MAX_MS)}), which then fires at once. *unreadable*: \`soon\`.`,
];

const WINDOWS = [
  'Most are told five calls a second; nothing refuses them. *Most starts*: in any second, wherever it begins, over a burst of 100, a traffic that pauses, and 20 traffics drawn at random. A pacer that counts in fixed windows, or lets a full bucket go and refills it, may start nearly twice its limit in such a second: harmless where the server counts the same way, refused where it counts in a sliding window. *Burst*: the soonest that 100 calls can be done at that limit, over the time they took.',
];

const SCENARIOS = [
  `The five scenarios of ratelab, ${SEEDS.length} seeds each, medians. First the share of the speed that was possible (the lower bound on the time over the time taken; no client can pass 100 %), below it the share of calls that were refused. **✗**: jobs were left undone, with their share in the worst seed; a trial that had to be stopped says why. Retriers stand with as many retries as they come with, mostly two to ten; who has used them up gives the job up.`,
];

const FAIRNESS = [
  'Jain’s index over how much longer each organization’s jobs took than they must (1: all alike; 1/n: one of n waits for all), and below it the longest time that an organization with work saw none of it admitted. No index where jobs were left undone: who gives up early waits little.',
];

const SOURCES = [
  'Made by `npm run reports` (`test/limiters/`); `results.json` beside this page holds the figures. A library stands with the parameters of its own page in [docs/strategies](../../docs/strategies); the specs are those of the last table, and run as they stand: `ratelab run users-fifty-orgs -s retry-after+p-queue:limit=5`. How many calls a second each can make is no property of a library alone, and differs from machine to machine: [measured on one](speed.md), as a share of plain fetch.',
];

const KINDS = {
  retries: 'Retriers',
  paces: 'Pacers',
  plain: 'Neither: no retry and no pace of their own',
  ours: 'ratelab’s own, for comparison',
} as const;

function grouped(findings: readonly LimiterFinding[], render: (rows: readonly LimiterFinding[]) => string): string[] {
  return (['retries', 'paces', 'plain', 'ours'] as const).flatMap((kind) => {
    const rows = findings.filter((finding) => finding.kind === kind);
    return rows.length === 0 ? [] : [`### ${KINDS[kind]}`, render(rows)];
  });
}

function sentenceTable(rows: readonly LimiterFinding[]): string {
  return table(
    ['Package', 'What its users should know'],
    ['---', '---'],
    rows.map((row) => [nameCell(row), sentenceFor(row)]),
  );
}

function nameCell({ name, packages, kind }: LimiterFinding): string {
  const [first] = packages;
  if (kind === 'ours' || first === undefined) return `\`${name}\``;
  return `**${first.name}** ${first.version}${first.name === name ? '' : `<br>\`${name}\``}`;
}

const HEADS: Record<RefusalName, string> = {
  absent: 'nothing',
  seconds: '7 s',
  date: 'date',
  zero: '0 s',
  huge: '3,000,000 s',
  malformed: 'unreadable',
  post: '7 s, to a POST',
};

function refusalTable(rows: readonly LimiterFinding[]): string {
  return table(
    ['Package', ...refusals.map(({ name }) => HEADS[name])],
    ['---', ...refusals.map(() => '--:')],
    rows.map((row) => [nameCell(row), ...refusals.map(({ name, askedMs }) => waitCell(row.waitsMs![name], askedMs))]),
  );
}

/** A wait against what was asked for. */
export function waitCell(waitMs: number | null, askedMs: number | null): string {
  if (waitMs === null) return 'gives up';
  const text = waitMs <= AT_ONCE_MS ? 'at once' : formatDuration(waitMs);
  const early = askedMs !== null && waitMs < askedMs;
  const forWeeks = askedMs === null && waitMs > 7 * 86_400_000;
  return early || forWeeks ? `**${text}**` : text;
}

function windowTable(rows: readonly LimiterFinding[]): string {
  return table(
    ['Package', 'Told', 'Most starts in any second', 'Over its limit', 'Most at once', 'Burst'],
    ['---', '---', '--:', '--:', '--:', '--:'],
    rows.map((row) => {
      const { startsMax, atOnceMax, burstShare } = row.window!;
      const limit = row.promise?.limit ?? Infinity;
      const over = startsMax > limit ? `**×${(startsMax / limit).toFixed(1)}**` : row.promise === null ? '–' : 'no';
      const burst = row.promise === null ? '–' : formatShare(burstShare);
      return [nameCell(row), `\`${row.alone}\``, String(startsMax), over, String(atOnceMax), burst];
    }),
  );
}

function scenarioTable(rows: readonly LimiterFinding[]): string {
  return byScenario(rows, (finding) => {
    const refused = `${formatShare(finding.wastedShare)} refused`;
    if (finding.optimumShare !== null) return `${formatShare(finding.optimumShare)}<br>${refused}`;
    const stopped = finding.stopped.length === 0 ? '' : ` (${finding.stopped.join(', ')})`;
    return `**✗** ${formatShare(finding.undoneShare)} undone${stopped}<br>${refused}`;
  });
}

function fairnessTable(rows: readonly LimiterFinding[]): string {
  return byScenario(
    rows,
    ({ jain, starvedMs }) => `${jain === null ? '–' : jain.toFixed(2)}<br>${formatDuration(starvedMs)}`,
  );
}

function byScenario(rows: readonly LimiterFinding[], cell: (finding: ScenarioFinding) => string): string {
  const names = Object.keys(rows[0]!.scenarios);
  return table(
    ['Package', ...names],
    ['---', ...names.map(() => '--:')],
    rows.map((row) => [specCell(row), ...names.map((name) => cell(row.scenarios[name]!))]),
  );
}

function specCell(row: LimiterFinding): string {
  return row.kind === 'ours' ? nameCell(row) : `${row.packages[0]?.name ?? row.name}<br>\`${row.spec}\``;
}

function table(head: readonly string[], rule: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  return [line(head), line(rule), ...rows.map(line)].join('\n');
}
