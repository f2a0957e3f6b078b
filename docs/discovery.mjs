/**
 * Discovers the five reported policies and the documented one, each in virtual time and knowing only a fetch, in both manners, and writes the tables of
 * docs/discovery.md from what was found and what is true: `npm run docs:discovery`.
 */
import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parsePolicy } from '../dist/mock-server/policy.js';
import { policies } from '../dist/mock-server/policies/index.js';

const root = fileURLToPath(new URL('..', import.meta.url));
const page = join(root, 'docs', 'discovery.md');
const POLICIES = [
  'bulk-segments',
  'interactions-query',
  'architect-sync',
  'users-fifty-orgs',
  'daily-export',
  'documented-platform',
];
const MANNERS = { '--defy': 'Scanning through rejections (`--defy`)', '': 'Careful (the default)' };
const START = '<!-- tables: npm run docs:discovery -->';
const END = '<!-- end of tables -->';

const parts = [];
for (const [flag, title] of Object.entries(MANNERS)) {
  parts.push(`### ${title}`, '');
  for (const name of POLICIES) parts.push(...sectionOf(name, flag), '');
}
const text = readFileSync(page, 'utf8');
const from = text.indexOf(START);
const to = text.indexOf(END);
if (from === -1 || to === -1) throw new Error(`Cannot write ${page}: the marks of its tables must be in it`);
writeFileSync(page, `${text.slice(0, from + START.length)}\n\n${parts.join('\n').trim()}\n\n${text.slice(to)}`);

function sectionOf(name, flag) {
  const found = discovered(name, flag);
  const truth = parsePolicy(policies[name], name).limits;
  const { requests, rejections, timeMs } = found.spent;
  const pairs = pair(truth, found.limits);
  const rows = truth.map((limit) => {
    const match = pairs.get(limit);
    return [
      limit.name,
      wordsOfTrue(limit),
      match === undefined ? '(not found)' : wordsOfFound(match),
      verdictOf(limit, match),
    ];
  });
  const invented = found.limits.filter((limit) => ![...pairs.values()].includes(limit));
  for (const limit of invented)
    rows.push(['', '(there is none)', wordsOfFound(limit), limit.status === 'found' ? 'wrong' : 'ambiguous']);
  const command = `ratelab discover ${name}${flag === '' ? '' : ` ${flag}`}`;
  return [
    `\`${command}\`: ${requests.toLocaleString('en')} probes, ${rejections.toLocaleString('en')} rejected, ${duration(timeMs)} of the gateway's time.`,
    '',
    '| limit | true | found | |',
    '|---|---|---|---|',
    ...rows.map((cells) => `| ${cells.map(cell).join(' | ')} |`),
    ...(found.penalty === null ? [] : ['', `Stopped: ${found.penalty.note}`]),
    ...(found.unknown.length === 0
      ? []
      : ['', 'Said to be unknown:', ...found.unknown.map(({ what, why }) => `- ${sentence(`${what}: ${why}`)}`)]),
  ];
}

function discovered(name, flag) {
  const words = ['dist/src/cli/main.js', 'discover', name, '--json', '--no-out', ...(flag === '' ? [] : [flag])];
  const run = spawnSync(process.execPath, words, { cwd: root, encoding: 'utf8', maxBuffer: 1 << 28 });
  if (run.stdout === '') throw new Error(`Cannot discover ${name}: ${run.stderr}`);
  return JSON.parse(run.stdout);
}

/** Each true limit with the found one that is most like it: same kind before same numbers before same routes. */
function pair(truth, found) {
  const scored = truth.flatMap((limit) =>
    found.map((one) => ({ limit, one, score: likeness(limit, one) })).filter(({ score }) => score > 0),
  );
  scored.sort((a, b) => b.score - a.score);
  const pairs = new Map();
  for (const { limit, one } of scored)
    if (!pairs.has(limit) && ![...pairs.values()].includes(one)) pairs.set(limit, one);
  return pairs;
}

function likeness(limit, { algorithm, intervals, alternatives }) {
  const kinds = [algorithm, ...alternatives].map(({ kind }) => kind);
  if (!kinds.includes(limit.algorithm.kind)) return 0;
  return 1 + (inside(capacityOf(limit.algorithm), intervals.capacity) ? 2 : 0);
}

function verdictOf(limit, found) {
  if (found === undefined) return 'not found';
  const numbers = Object.entries(found.intervals).every(
    ([name, interval]) =>
      interval === null || inside(name === 'capacity' ? capacityOf(limit.algorithm) : limit.algorithm[name], interval),
  );
  const kind = found.algorithm.kind === limit.algorithm.kind && found.algorithm.anchor === limit.algorithm.anchor;
  const undecided = new Set(found.scopeUndecided);
  const differing = [...new Set([...limit.scope, ...found.scope])].filter(
    (key) => limit.scope.includes(key) !== found.scope.includes(key) && !undecided.has(key),
  );
  const faults = [
    ...(kind ? [] : ['kind']),
    ...(numbers ? [] : ['numbers']),
    ...(differing.length === 0 ? [] : [`scope (${differing.join(', ')})`]),
  ];
  if (found.status === 'ambiguous')
    return faults.length === 0 ? 'ambiguous, truth in the class' : `ambiguous; differs in ${faults.join(', ')}`;
  return faults.length === 0 ? 'right' : `differs in ${faults.join(', ')}`;
}

function capacityOf(algorithm) {
  return algorithm.kind === 'token-bucket' ? algorithm.capacity : algorithm.limit;
}

function inside(value, { low, high }) {
  return (low === null || value >= low - 1e-9) && (high === null || value <= high + 1e-9);
}

function wordsOfTrue({ algorithm, scope, match, counts }) {
  const where = match.paths.length === 0 ? 'all routes' : match.paths.join(', ');
  return `${wordsOf(algorithm)}; by ${scope.join('+') || 'nothing'}; ${where}${counts === 'all' ? '; counts all' : ''}`;
}

function wordsOfFound({ algorithm, scope, routes, counts, intervals, status, alternatives }) {
  const costs = routes.map(({ route, cost }) => `${route}${cost === null || cost === 1 ? '' : ` (costs ${cost})`}`);
  const open = Object.entries(intervals)
    .filter(([, interval]) => interval !== null && interval.low !== interval.high)
    .map(
      ([name, { low, high }]) =>
        `${name} ${low === null ? 'at most' : number(low)}${low !== null && high !== null ? ' to ' : ' '}${high === null ? 'or more' : number(high)}`,
    );
  const or = alternatives.length === 0 ? '' : `; or ${[...new Set(alternatives.map(({ kind }) => kind))].join(', ')}`;
  return `${status === 'ambiguous' ? 'perhaps ' : ''}${wordsOf(algorithm)}${or}; by ${scope.join('+') || 'nothing'}; ${costs.join(', ')}${counts === 'all' ? '; counts all' : ''}${open.length === 0 ? '' : `; ${open.join(', ')}`}`;
}

function wordsOf(algorithm) {
  switch (algorithm.kind) {
    case 'token-bucket':
      return `token bucket of ${number(algorithm.capacity)}, ${number(algorithm.refillPerSecond)}/s${algorithm.stepMs > 0 ? ` in steps of ${number(algorithm.stepMs)} ms` : ''}`;
    case 'concurrency':
      return `${number(algorithm.limit)} at once`;
    default:
      return `${algorithm.kind}, ${number(algorithm.limit)} per ${number(algorithm.windowMs)} ms${algorithm.anchor === 'epoch' ? ' from the epoch' : ''}`;
  }
}

function number(value) {
  return Number(value.toPrecision(6)).toLocaleString('en', { maximumFractionDigits: 4 });
}

function duration(ms) {
  const minutes = ms / 60_000;
  if (minutes < 120) return `${minutes.toFixed(1)} min`;
  return minutes < 2880 ? `${(minutes / 60).toFixed(1)} h` : `${(minutes / 1440).toFixed(1)} days`;
}

function cell(words) {
  return words.replaceAll('|', '\\|').replaceAll('\n', ' ');
}

function sentence(words) {
  return /[.!?]$/.test(words) ? words : `${words}.`;
}
