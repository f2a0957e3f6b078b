/** docs/libraries.md from what docs/libraries.mjs measured: a pure function. */
import { CALM_MS, isWithin, LATENCY_MS, PLAYS_MAX, SCRIPTS, TOLERANCE_MS } from './libraries-clocks.mjs';

const worstOf = (list) => Math.max(0, ...list.map((ms) => Math.abs(ms ?? Infinity)));

/** The page. */
export function pageOf({ machine, isFirst, atOnce, rows }) {
  const sorted = rows.toSorted((a, b) => (a.spec < b.spec ? -1 : 1));
  const all = sorted.flatMap(({ scripts }) => scripts.flatMap(({ differencesMs }) => differencesMs));
  const within = all.filter(isWithin).length;
  const share = Math.floor((1000 * within) / all.length) / 10;
  const refused = SCRIPTS['no Retry-After'];
  const { paced } = SCRIPTS;
  return `<!-- Written by docs/libraries-page.mjs from measurements; change that, not this. -->

# Libraries: virtual time against the real clock

The same program, twice: once in virtual time, once on the real clock. In both it sends the same calls through the unmodified library to a server in the same
process, which answers after ${LATENCY_MS} ms. A *check* is the start of one attempt, counted from the start of its script; it agrees when the two worlds
lie at most ${TOLERANCE_MS} ms apart. An attempt that only one of them made is a check that does not agree.

**${within} of ${all.length} checks agree (${share} %), over ${rows.length} settings of ${new Set(rows.map(({ packages }) => packages[0])).size} packages.** ${verdictOf(sorted)}

- Retriers and clients: ${refused.calls} calls ${refused.everyMs} ms apart, each refused ${refused.refusals} times with \`429\`, then admitted; once with \`Retry-After: 2\`, once without.
- Pacers: ${paced.calls} calls ${paced.everyMs} ms apart at the library's limit here, ten a second where it has a rate; nothing is refused.
- A real clock is no better than the machine: beside each script a bare chain of ${LATENCY_MS} ms timers runs in the same thread. Where one of them is more than ${CALM_MS} ms late, the script is
  played again, at most ${PLAYS_MAX} times in all, and the play with the least late bare timers counts, whatever the library did in it.
- Where a script does not agree, it is played on the real clock a second time: no model of it can agree better than it does with itself.
- Dice: where a library calls \`Math.random\`, both worlds give it the same numbers, so that both throw the same dice. Dice of \`crypto\` are none of these.

Made by \`npm run docs:libraries\` (${machine}), ${atOnce} libraries at a time, each in a thread of its own${isFirst ? ', scheduled before all other work of the machine (SCHED_FIFO)' : ''}. ${calmText(sorted)}

| strategy | packages | checks | within ${TOLERANCE_MS} ms | worst, ms | remark |
| --- | --- | --: | --: | --: | --- |
${sorted.map(rowOf).join('\n')}
`;
}

function calmText(rows) {
  const scripts = rows.flatMap((row) => row.scripts);
  const repeated = scripts.filter(({ plays }) => plays > 1).length;
  const calm = scripts.filter(({ late }) => late.worstMs <= CALM_MS).length;
  return `Of ${scripts.length} scripts ${repeated} were played more than once, and ${calm} had a calm play in the end.`;
}

function verdictOf(rows) {
  const apart = rows.filter(({ scripts }) => scripts.some(({ differencesMs }) => !differencesMs.every(isWithin)));
  if (apart.length === 0) return 'None lies further apart.';
  return `Further apart: ${apart.map(({ spec }) => `\`${spec}\``).join(', ')}; the remarks say why.`;
}

function rowOf({ spec, packages, scripts }) {
  const all = scripts.flatMap(({ differencesMs }) => differencesMs);
  const worst = worstOf(all);
  const cells = [
    `\`${spec}\``,
    packages.join(', '),
    all.length,
    all.filter(isWithin).length,
    Number.isFinite(worst) ? worst.toFixed(1) : 'missing',
    scripts.flatMap((script) => remarksOf(spec, script)).join('; '),
  ];
  return `| ${cells.join(' | ')} |`;
}

/** What must be known to read the figures of one script. */
function remarksOf(spec, { name, calls, attempts, dice, failures, late, differencesMs, againMs }) {
  const remarks = [];
  if (attempts < calls) remarks.push(`${name}: ${attempts} of ${calls} calls sent at all`);
  else if (name !== 'paced' && attempts === calls) remarks.push(`${name}: does not try again`);
  if (dice[0] > 0)
    remarks.push(
      `${name}: ${dice[0]} dice${dice[0] === dice[1] ? '' : ` in virtual time, ${dice[1]} on the real clock`}`,
    );
  failures.forEach((failure, index) => {
    if (failure !== null) remarks.push(`${name}: ${index === 0 ? 'virtual' : 'real'} run failed: ${failure}`);
  });
  if (!differencesMs.every(isWithin))
    remarks.push(`${name}: ${causeOf(spec, { attempts, late, differencesMs, againMs })}; ${againstItself(againMs)}`);
  return remarks;
}

/** Two timers for each attempt, one after the other, are the most that any of these libraries has. */
const TIMERS_PER_ATTEMPT = 2;

/** What is known of libraries in which a millisecond decides; said only where their figures are apart. */
const EDGES = {
  'p-ratelimit':
    'whether a place is free is asked when a call ends and each 100 ms, and a millisecond decides the answer',
  'smithy-adaptive':
    'calls that wait for the same token wake within one millisecond, and the first to wake takes it: which one that is decides all that follows',
  'bottleneck:minTimeMs=0,reservoir=10':
    'its reservoir is looked at each 250 ms, and a look that comes a millisecond before the second is over leaves the refill to the next',
};

/** Why a script does not agree, as far as its own figures tell. */
function causeOf(spec, { attempts, late, differencesMs, againMs }) {
  if (differencesMs.includes(null)) return 'not the same attempts in both';
  const worst = worstOf(differencesMs);
  const timers = `timers of this thread were ${late.meanMs.toFixed(1)} ms late on average and ${late.worstMs.toFixed(0)} ms at worst`;
  if (worst <= attempts * TIMERS_PER_ATTEMPT * late.meanMs + late.worstMs) return `${timers}, which adds up`;
  if (EDGES[spec] !== undefined) return EDGES[spec];
  return againMs.every(isWithin)
    ? `not explained: ${timers}`
    : 'less than a millisecond decides here, as the real clock does not agree with itself either';
}

/** The same script on the real clock a second time, against its first. */
function againstItself(againMs) {
  const within = againMs.filter(isWithin).length;
  const worst = worstOf(againMs);
  return `the real clock against itself: ${within} of ${againMs.length} within ${TOLERANCE_MS} ms, worst ${Number.isFinite(worst) ? `${worst.toFixed(0)} ms` : 'missing'}`;
}
