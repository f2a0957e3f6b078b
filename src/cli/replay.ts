/** `ratelab replay`: one trial again, with everything that can be seen of it. */
import { Option, type Command } from 'commander';
import { formatCount, formatDuration, formatRatio, formatShare } from '../wording/format.ts';
import { canonicalJson } from '../results/canonical-json.ts';
import type { TrialResult } from '../results/results.ts';
import { inProcessExecutor } from '../suite/executor.ts';
import type { TrialOutput } from '../suite/run-task.ts';
import { loadScenario, loadStrategy } from '../suite/sources.ts';
import { inputError } from '../results/input-error.ts';
import { EXIT, type Io } from './io.ts';
import type { CommandContext } from './program.ts';
import { scenarioSource, strategySource } from './selection.ts';
import { textTable } from './table.ts';
import { timelineText } from './timeline-text.ts';

/** Options of `replay` as commander gives them. */
interface ReplayOptions {
  readonly seed: string;
  readonly variant: string;
  readonly json?: boolean;
}

/** Options and action. */
export function setUpReplay(command: Command, { io, exit }: CommandContext): void {
  command
    .addOption(new Option('--seed <n>', 'the seed').default('1', '1'))
    .addOption(new Option('--variant <name>', 'a variant of the scenario').default('', 'none'))
    .option('--json', 'as JSON')
    .action(async (scenario: string, strategy: string, options: ReplayOptions) => {
      const { trial, timeline } = await replay(scenario, strategy, options, io);
      io.stdout.write(
        options.json
          ? canonicalJson({ scenario, strategy, variant: options.variant, trial, timeline })
          : `${scenario} ${strategy}, seed ${trial.seed}\n\n${trialText(trial)}${timeline === null ? '' : `\n${timelineText(timeline, io.stdout.columns, io.unicode)}`}\ndigest ${trial.digest}\n`,
      );
      if (trial.failure?.reason === 'invariant') exit(EXIT.failed);
    });
}

async function replay(scenario: string, strategy: string, options: ReplayOptions, io: Io): Promise<TrialOutput> {
  if (!/^\d{1,9}$/.test(options.seed))
    throw inputError('replay', '--seed', `it must be a whole number, current value is ${options.seed}`);
  const sources = { scenario: scenarioSource(scenario, io.cwd), strategy: strategySource(strategy, io.cwd) };
  const { variants } = await loadScenario(sources.scenario);
  await loadStrategy(sources.strategy);
  const known = variants.map(({ name }) => name);
  if (options.variant !== '' && !known.includes(options.variant))
    throw inputError(
      'replay',
      '--variant',
      `it must be one of ${known.join(', ') || '(it has none)'}, current value is ${options.variant}`,
    );
  const outputs: TrialOutput[] = [];
  const seeds = [Number(options.seed)];
  const task = { ...sources, variant: options.variant, seeds, isolatedSeeds: seeds, alone: true, trace: true };
  await inProcessExecutor().run(task, (output) => outputs.push(output));
  return outputs[0]!;
}

/** A trial's metrics for people. */
export function trialText({ failure, metrics }: TrialResult): string {
  const failed = failure === null ? '' : `FAILED (${failure.reason}): ${failure.detail}\n\n`;
  if (metrics === null) return `${failed}Nothing could be measured.\n`;
  const { jobs, attempts, waitMs, bound, fairness, timeMs, penalties } = metrics;
  const causes = Object.entries(metrics.rejectionsByCause).map(([cause, count]) => `${formatCount(count)} by ${cause}`);
  const rows = [
    ['makespan', `${formatDuration(metrics.makespanMs)}, ${formatRatio(metrics.boundRatio)} times the lower bound`],
    ['lower bound', `${formatDuration(bound.ms)} (${bound.limit}, ${bound.kind})`],
    ['jobs', outcomes({ done: jobs.done, failed: jobs.failed, lost: jobs.lost, doubled: jobs.doubled }, jobs.total)],
    [
      'attempts',
      outcomes(
        { admitted: attempts.admitted, rejected: attempts.rejected, cancelled: attempts.cancelled },
        attempts.total,
      ),
    ],
    ['wasted', `${formatShare(metrics.wastedShare)}${causes.length === 0 ? '' : `: ${causes.join(', ')}`}`],
    [
      'wait',
      `p50 ${formatDuration(waitMs.p50)}, p95 ${formatDuration(waitMs.p95)}, p99 ${formatDuration(waitMs.p99)}, longest ${formatDuration(waitMs.max)}`,
    ],
    [
      'time per job',
      `queued ${formatDuration(timeMs.queued)}, held ${formatDuration(timeMs.held)}, backing off ${formatDuration(timeMs.backingOff)}, in service ${formatDuration(timeMs.inService)}`,
    ],
    [
      'fairness',
      `Jain ${formatRatio(fairness.jain)}, worst ${fairness.worstOrg} (${formatRatio(fairness.worstOrgSlowdown)} times its isolated run), longest starvation ${formatDuration(fairness.longestStarvationMs)}`,
    ],
    ['penalties', `${penalties.blocks} blocks, ${penalties.unavailable} times unavailable, ${penalties.bans} bans`],
    ['idle while work waited', metrics.idleShare === null ? 'not known' : formatShare(metrics.idleShare)],
  ];
  return failed + textTable(rows);
}

function outcomes(counts: Readonly<Record<string, number>>, total: number): string {
  const parts = Object.entries(counts).flatMap(([name, count]) =>
    count === 0 ? [] : [`${formatCount(count)} ${name}`],
  );
  return `${formatCount(total)}: ${parts.join(', ') || 'none'}`;
}
