/**
 * No state leaks from trial to trial: the same trial gives the same digest when it runs again in the same thread, in another thread, and after
 * other libraries or not.
 *
 * One thread runs all libraries from first to last, each its trial twice; a second thread runs them from last to first. Of any two libraries, one runs before
 * the other in exactly one of the threads: what it left behind for the other would show as a difference between the threads.
 */
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { libraryDefinitions, parseStrategy } from '../../src/strategies/index.ts';
import type { TrialOutput, TrialTask } from '../../src/suite/run-task.ts';
import type { workerExecutor } from '../../src/suite/worker-executor.ts';
import { createSystemClock } from '../../src/time/system-clock.ts';

const scenario = {
  name: 'leaks',
  file: fileURLToPath(new URL('contract-leaks-scenario.mjs', import.meta.url)),
  policy: null,
};
const built = new URL('../../dist/src/suite/worker-executor.js', import.meta.url).href;

const specs = libraryDefinitions.map(({ name }) => name);
const keepsState = (spec: string) => parseStrategy(spec).foreign?.keepsState === true;
const sharing = specs.filter((spec) => !keepsState(spec));
const keeping = specs.filter(keepsState);

/** A thread for tasks, one at a time. */
async function thread() {
  const { workerExecutor: make } = (await import(built)) as { workerExecutor: typeof workerExecutor };
  const executor = make({ workers: 1, clock: createSystemClock() });
  return {
    close: (): Promise<void> => executor.close(),
    /** Digests of a spec's trials, one for each of the seeds. Throws when a trial could not run. */
    digests: async (spec: string, seeds: readonly number[], alone: boolean): Promise<readonly string[]> => {
      const outputs: TrialOutput[] = [];
      const task: TrialTask = {
        scenario,
        variant: '',
        strategy: { spec, file: null },
        seeds,
        isolatedSeeds: [],
        alone,
        trace: false,
      };
      const end = await executor.run(task, (output) => outputs.push(output));
      const failures = outputs.flatMap(({ trial }) => trial.failure ?? []);
      if (end.kind !== 'done' || failures.length > 0) throw new Error(`${spec}: ${JSON.stringify([end, failures])}`);
      return outputs.map(({ trial }) => trial.digest);
    },
  };
}

describe('libraries that may share a thread', () => {
  const forwards = new Map<string, readonly string[]>();
  const backwards = new Map<string, readonly string[]>();

  beforeAll(async () => {
    const runAll = async (
      order: readonly string[],
      seeds: readonly number[],
      digests: Map<string, readonly string[]>,
    ) => {
      const { digests: run, close } = await thread();
      try {
        for (const spec of order) digests.set(spec, await run(spec, seeds, false));
      } finally {
        await close();
      }
    };
    await Promise.all([runAll(sharing, [1, 1], forwards), runAll(sharing.toReversed(), [1], backwards)]);
  }, 120_000);

  test.each(sharing)('%s: the same trial again in one thread', (spec) => {
    const [first, again] = forwards.get(spec) ?? [];
    expect(first).toMatch(/^[0-9a-f]{64}$/);
    expect(again).toBe(first);
  });

  test.each(sharing)('%s: the same trial in another thread, after other libraries', (spec) => {
    expect(backwards.get(spec)?.[0]).toBe(forwards.get(spec)?.[0]);
  });

  test('the digest tells most of them apart', () => {
    expect(new Set([...forwards.values()].flat()).size).toBeGreaterThan(sharing.length / 2);
  });
});

describe('libraries that keep state', () => {
  const threads: { readonly close: () => Promise<void> }[] = [];
  afterAll(() => Promise.all(threads.map(({ close }) => close())));

  test.each(keeping)('%s: the same in each fresh thread, and not in one that was used', async (spec) => {
    const { digests, close } = await thread();
    threads.push({ close });
    const [first = ''] = await digests(spec, [1], true);
    expect(await digests(spec, [1], true)).toEqual([first]);
    // The marking is needed: without a thread of its own the second trial is another one.
    const [same, again] = await digests(spec, [1, 1], false);
    expect(same).toBe(first);
    expect(again).not.toBe(first);
  });
});
