/** Writes docs/fidelity.md from what docs/fidelity.mjs kept. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  agree,
  cellAgrees,
  disagreements,
  MAKESPAN_TOLERANCE,
  median,
  medians,
  REJECTED_FEW,
  REJECTED_TOLERANCE,
} from './fidelity-verdicts.mjs';

/** Writes the page from the folder's files, one for each scenario that is there. */
export function writePage(folder, names) {
  const found = names.map((name) => join(folder, `${name}.json`)).filter((file) => existsSync(file));
  const scenarios = found.map((file) => JSON.parse(readFileSync(file, 'utf8')));
  writeFileSync(fileURLToPath(new URL('fidelity.md', import.meta.url)), pageOf(scenarios));
  console.log(`Wrote docs/fidelity.md: ${scenarios.length} of ${names.length} scenarios`);
}

function pageOf(scenarios) {
  const cells = scenarios.flatMap(({ cells: all }) => all);
  const trials = cells.reduce((sum, cell) => sum + cell.trials.length, 0);
  const lone = cells.reduce((sum, cell) => sum + disagreements(cell), 0);
  const apart = cells.filter((cell) => !cellAgrees(cell));
  const kinds = apart.map((cell) => causeOf(cell));
  const count = (kind) => kinds.filter((each) => each === kind).length;
  return `<!-- Written by docs/fidelity-page.mjs from measurements; change that, not this. -->

# Fidelity: virtual time against real HTTP

The same scenarios, strategies and seeds, twice: in virtual time with the gateway in process, and over real HTTP with the gateway in a process of its own
and clocks that run at the speed shown. Virtual time tells the truth where the two agree.

**Compared** are the makespan, within 3 %, and the number of rejections, within 5 % or three. A *cell* is a strategy in a scenario: it agrees when the
medians over its five seeds do. A *trial* is one seed of it, compared with its own twin.

**${cells.length - apart.length} of ${cells.length} cells agree, and ${trials - lone} of ${trials} single trials.** ${apart.length === 0 ? 'Nothing is left to explain.' : `Of the ${apart.length} cells that do not, ${count('ties')} come from ties, ${count('delays')} from the way of the calls, and ${count('unknown')} ${count('unknown') === 1 ? 'is' : 'are'} not explained.`}

**The wire against itself.** ${againText(apart)}

Made by \`npm run docs:fidelity\` (${machines(scenarios)}). Neither a strategy nor a tolerance was tuned for it, and the scenarios are those of the suite. The speeds were: they
were lowered after first runs, in which a call's way, times the speed, was long against the service time of a chain of calls.

${scenarios.map(scenarioPart).join('\n')}
## Where they part, and why

For each cell in which anything disagrees, virtual time was asked again, twenty times for each seed, in three ways:

- **Ties broken**: every call takes a random 0 to 0.1 ms there and back, far less than on any network. It changes nothing but the order of what falls on one instant.
- **The wire's delays**: every call takes as long there and back, and every timer of the client is as late, as in the same trial on the wire; drawn one by one from the quantiles in its results.
- **The wire's delays, in step**: the same, but all calls of a draw take equally long, from the least measured (first draw) to the most (last): nobody overtakes anybody, as in a burst over one loopback.

A cell comes from *ties* when breaking them alone moves virtual time out of its own tolerance in most draws, and the wire lies in their range; else from *delays* when the wire
lies in the range of virtual time with the wire's delays, drawn or in step. The ranges are those of the medians over the seeds, from the least to the most of the twenty draws; to *lie in*
one is to agree, in both figures and by the tolerances above, with something in it. (Without that tolerance, which was granted after the first full run, ${strictlyUnknown(apart)} would be unexplained.)
*Wire again* is the same cell on the wire a second time.

${apart.length === 0 ? '' : table(['scenario', 'strategy', 'virtual', 'ties broken', 'wire’s delays', 'in step', 'wire', 'wire again', 'cause'], apartRows(scenarios))}
**Ties.** In virtual time what is due at one instant runs in the order in which it was scheduled, always the same. Calls that were refused together wake up together, to the bit,
and the same one is first each time. On a wire who is first may change, and with it who is refused next. One virtual trial of such a strategy is one of many possible ones: its figures
are exact for the model and not more than a sample of what a network would give.

**Delays.** A call on the wire takes about a millisecond longer, real time, ${speedText(scenarios)} times that on the scenario's clock. Where the last of a handful of Retry-Afters of up to 30 s, or one
more round of a backoff, decides when the last job is done, a millisecond moves the end by seconds. Two examples, read from the run of 22 November 2026: \`backoff\` in \`daily-export\` is done in one of two ways, and all draws with delays take the other.
A burst over one loopback keeps its order: \`retry-after+org-gate\` in \`architect-sync\` is met by delays in step and by no random ones.

**What follows** for the reading of a report: differences of a few per cent between two strategies that retry on their own clocks are within what the order of simultaneous calls decides; its seeds are not drawn over that order.
`;
}

/** How often two runs on the wire part by the same tolerances. */
function againText(apart) {
  if (apart.length === 0) return 'Every cell agrees, so none was run a second time.';
  const itself = apart.filter(({ trials }) => agree(medians(trials, 'wire'), medians(trials, 'again'))).length;
  const trials = apart.flatMap((cell) => cell.trials);
  const alike = trials.filter(({ wire, again }) => agree(wire, again)).length;
  return `Of the ${apart.length} cells that part from virtual time, run a second time on the wire, ${itself} agree with the first time by the same tolerances, and ${alike} of their ${trials.length} single trials. Where the wire does not repeat itself, no single virtual run can match it.`;
}

function machines(scenarios) {
  return [...new Set(scenarios.map(({ machine }) => machine))].join('; ');
}

function speedText(scenarios) {
  const speeds = scenarios.map(({ speed }) => speed);
  return `${Math.min(...speeds)} to ${Math.max(...speeds)}`;
}

function scenarioPart({ scenario, speed, atOnce, wireSeconds, cells }) {
  const rows = cells.map((cell) => {
    const [virtual, wire] = [medians(cell.trials, 'virtual'), medians(cell.trials, 'wire')];
    return [
      `\`${cell.strategy}\``,
      seconds(virtual.makespanMs),
      seconds(wire.makespanMs),
      percent(virtual.makespanMs, wire.makespanMs),
      virtual.rejected,
      wire.rejected,
      signed(wire.rejected - virtual.rejected),
      cellAgrees(cell) ? 'agrees' : `**parts**: ${causeOf(cell)}`,
      `${cell.trials.length - disagreements(cell)} of ${cell.trials.length}`,
    ];
  });
  const head = [
    'strategy',
    'makespan virtual',
    'wire',
    'difference',
    'rejections virtual',
    'wire',
    'difference',
    'medians',
    'trials that agree',
  ];
  return `## ${scenario}

${speed} times real time; ${atOnce} trials at once, ${wireSeconds} s in all. ${wayText(cells)}

${table(head, rows)}`;
}

/** How long calls were on their way: medians over the trials of their quantiles. */
function wayText(cells) {
  const delays = cells.flatMap(({ trials }) => trials.flatMap((trial) => trial.delays ?? []));
  const text = (way) =>
    ['p50', 'p99'].map((share) => median(delays.map((each) => each[way][share])).toFixed(1)).join(' and ');
  return `Calls were on their way for ${text('thereMs')} ms there, ${text('backMs')} ms back, and the client’s timers ${text('timerMs')} ms late (median and 99th percentile, real time; medians over the trials).`;
}

function apartRows(scenarios) {
  return scenarios.flatMap(({ scenario, cells }) =>
    cells
      .filter((cell) => !cellAgrees(cell))
      .map((cell) => [
        scenario,
        `\`${cell.strategy}\``,
        pair(medians(cell.trials, 'virtual')),
        rangeText(cell.ties),
        rangeText(cell.delayed),
        rangeText(cell.steady),
        pair(medians(cell.trials, 'wire')),
        pair(medians(cell.trials, 'again')),
        causeOf(cell),
      ]),
  );
}

/** By which of the experiments the wire's medians can be had; `slack` 0: to the digit. */
function causeOf(cell, slack = 1) {
  const { trials, ties, delayed, steady } = cell;
  if (ties === undefined) return 'unknown';
  const [virtual, wire] = [medians(trials, 'virtual'), medians(trials, 'wire')];
  const inDelays = [delayed, steady].some((draws) => isWithin(draws, wire, slack));
  const inTies = isWithin(ties, wire, slack);
  const tiesMove = ties.filter((draw) => !agree(virtual, medians(draw, 'virtual'))).length > ties.length / 2;
  if (tiesMove && inTies) return 'ties';
  return inDelays ? 'delays' : 'unknown';
}

function strictlyUnknown(apart) {
  return apart.filter((cell) => causeOf(cell, 0) === 'unknown').length;
}

/** Whether figures lie in the range of the draws' medians, give or take `slack` times what the comparison tolerates. */
function isWithin(draws, wire, slack) {
  const all = draws.map((draw) => medians(draw, 'virtual'));
  const inside = (key, toleratedOf) => {
    const values = all.map((one) => one[key]);
    const [least, most] = [Math.min(...values), Math.max(...values)];
    return wire[key] >= least - slack * toleratedOf(least) && wire[key] <= most + slack * toleratedOf(most);
  };
  return (
    inside('makespanMs', (ms) => MAKESPAN_TOLERANCE * ms) &&
    inside('rejected', (count) => Math.max(REJECTED_FEW, REJECTED_TOLERANCE * count))
  );
}

function rangeText(draws) {
  if (draws === undefined) return '';
  const all = draws.map((draw) => medians(draw, 'virtual'));
  const range = (key, shown) => {
    const values = all.map((one) => one[key]);
    return `${shown(Math.min(...values))} to ${shown(Math.max(...values))}`;
  };
  return `${range('makespanMs', seconds)}, ${range('rejected', String)}`;
}

function pair({ makespanMs, rejected }) {
  return `${seconds(makespanMs)}, ${rejected}`;
}

function seconds(ms) {
  return ms === null ? 'none' : `${(ms / 1000).toFixed(1)} s`;
}

function percent(from, to) {
  return `${signed(Number(((to / from - 1) * 100).toFixed(1)))} %`;
}

function signed(value) {
  return value > 0 ? `+${value}` : String(value).replace('-', '\u2212');
}

function table(head, rows) {
  const line = (cells) => `| ${cells.join(' | ')} |`;
  return `${[line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n')}\n`;
}
