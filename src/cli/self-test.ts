/** `ratelab doctor --aa`: the gate holds this build against itself. */
import { type SelfTest, selfTest } from '../gate/self-test.ts';
import { createRandomSource } from '../random/keyed-random.ts';
import { canonicalJson } from '../results/canonical-json.ts';
import { inputError } from '../results/input-error.ts';
import { formatDifference, formatShare } from '../wording/format.ts';
import { gateSettings, readBaseline, type RunningFlags } from './gate-options.ts';
import { baselineSelection } from './gate-selection.ts';
import { EXIT, type ExitCode, type Io } from './io.ts';
import { measure, scenarioFingerprint } from './measure.ts';
import { textTable } from './table.ts';

/**
 * Runs the cells of the baseline on twice as many seeds as it has, so that both sides get as many as in a real gate.
 *
 * @throws InputError when there is no baseline: it says what to test.
 */
export async function selfTestCommand(flags: RunningFlags & { readonly json?: boolean }, io: Io): Promise<ExitCode> {
  const { settings, file } = await gateSettings(flags, {}, io);
  const baseline = await readBaseline(file, io.cwd);
  if (baseline === null)
    throw inputError('test', 'the gate', `it needs a baseline, but there is no file ${file} (ratelab baseline save)`);
  const { planned } = await baselineSelection(baseline, io.cwd);
  const count = 4 * baseline.seeds.length;
  const first = baseline.seeds[0] ?? 1;
  const seeds = Array.from({ length: count }, (_, index) => first + index);
  const { measurement, complete } = await measure(
    planned,
    seeds,
    (each) => scenarioFingerprint(each, []),
    settings,
    io,
  );
  if (!complete) return EXIT.interrupted;
  const chance = createRandomSource(1).stream('a/a');
  const result = selfTest(measurement, settings.gate.thresholds ?? {}, (list) => chance.shuffled(list));
  io.stdout.write(flags.json === true ? canonicalJson(result) : selfTestText(result));
  return EXIT.ok;
}

/** The result for people. */
export function selfTestText({ splits, checks, seeds, falseAlarms, detectable }: SelfTest): string {
  const { splits: alarms, share, low, high } = falseAlarms;
  const rows = detectable.map(({ key, change }) => [key, change === null ? 'none tried' : formatDifference(change)]);
  return [
    `A/A: this build against itself, ${splits} times, ${checks} checks, ${seeds} seeds a side and as many held out, never the same seeds on both sides\n`,
    `false alarms: ${alarms} of ${splits} runs, ${formatShare(share)} [${formatShare(low)}, ${formatShare(high)}]\n\n`,
    textTable([['check', 'smallest change found in nine runs of ten'], ...rows], [1]),
    '\nWithout any gain from pairing: a gate on equal seeds sees less noise. The same build on the same seeds is identical, and never fails.\n',
  ].join('');
}
