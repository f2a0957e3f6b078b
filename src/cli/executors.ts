/** Where the trials of a run are run. Each kind is loaded only when it is chosen. */
import type { Executor } from '../suite/executor.ts';
import type { SuitePlan } from '../suite/plan.ts';
import type { Clock } from '../time/clock.ts';
import type { Io } from './io.ts';
import type { Settings } from './settings.ts';

/** So few that two cores are mostly idle, so that calls do not wait for each other. */
const WIRE_TRIALS_AT_ONCE = 4;

/** Up to so many trials are over in the main thread before threads of their own would be well under way. */
const TRIALS_WITHOUT_THREADS_MAX = 5;

/** The executor that the settings ask for; its user closes it. Where they leave it open: threads, unless the plan is small and all of it is our own code. */
export async function executorFor(settings: Settings, plan: SuitePlan, clock: Clock, io: Io): Promise<Executor> {
  if (settings.wire) {
    const { wireExecutor } = await import('../wire/wire-executor.ts');
    const concurrency = Math.max(1, settings.workers ?? WIRE_TRIALS_AT_ONCE);
    return wireExecutor({ concurrency, speed: settings.speed });
  }
  const workers = settings.workers ?? (isSmall(plan) && isOurs(plan) ? 0 : io.cores);
  if (workers === 0) {
    const { inProcessExecutor } = await import('../suite/executor.ts');
    return inProcessExecutor();
  }
  const { workerExecutor } = await import('../suite/worker-executor.ts');
  const onStrayOutput = (text: string) => io.stderr.write(text);
  return workerExecutor({ workers, stallMs: settings.stallAfter * 1000, clock, onStrayOutput });
}

function isSmall({ cells }: SuitePlan): boolean {
  return cells.reduce((trials, { seeds }) => trials + seeds.length, 0) <= TRIALS_WITHOUT_THREADS_MAX;
}

/** Whether nothing in it can hang, end or fill the thread that it runs in: no file of the user's, no library. */
function isOurs({ scenarios }: SuitePlan): boolean {
  return scenarios.every(
    ({ source, strategies }) =>
      source.file === null &&
      source.policy === null &&
      strategies.every(({ strategy }) => strategy.foreign === undefined),
  );
}
