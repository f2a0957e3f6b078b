import { describe, expect, it } from 'vitest';
import { canonicalJson } from '../results/canonical-json.ts';
import type { SuiteResults } from '../results/results.ts';
import { sampleTrial } from '../results/testing/sample-results.ts';
import type { Clock } from '../time/clock.ts';
import type { Executor, TaskEnd } from './executor.ts';
import { runSuite, type SuiteEvent } from './run-suite.ts';
import type { TrialOutput, TrialTask } from './run-task.ts';
import { samplePlan } from './testing/sample-plan.ts';

const seeds = [1, 2, 3, 4, 5, 6, 7, 8];

/** A clock that moves a millisecond whenever it is read. */
function tickingClock(): Clock {
  let nowMs = 0;
  return { now: () => nowMs++, setTimer: () => ({ dueMs: 0 }), clearTimer: () => {} };
}

const makespanOf = (spec: string, seed: number) => 1000 + spec.length * 100 + ((seed * 37) % 11);

/**
 * An executor of `slots` that finishes tasks in an order drawn from `salt`. `lose` says how a trial loses its thread; null: it does not.
 */
function fakeExecutor(
  slots: number,
  salt: number,
  lose: (spec: string, seed: number) => Extract<TaskEnd, { kind: 'lost' }> | null = () => null,
): Executor & { readonly started: string[] } {
  const started: string[] = [];
  let stopped = false;
  return {
    slots,
    started,
    async run(task: TrialTask, emit: (output: TrialOutput) => void): Promise<TaskEnd> {
      for (const seed of task.seeds) {
        if (stopped) return { kind: 'stopped' };
        started.push(`${task.strategy.spec} ${seed}`);
        for (let turns = (seed * salt + task.strategy.spec.length) % 5; turns > 0; turns--) await Promise.resolve();
        const end = lose(task.strategy.spec, seed);
        if (end !== null) return end;
        emit({ trial: sampleTrial(seed, makespanOf(task.strategy.spec, seed)), timeline: null });
      }
      return { kind: 'done' };
    },
    stop: () => {
      stopped = true;
    },
    close: () => Promise.resolve(),
  };
}

async function run(
  executor: Executor,
  options: { readonly signal?: AbortSignal; readonly onEvent?: (event: SuiteEvent) => void } = {},
): Promise<SuiteResults> {
  const plan = samplePlan(['none', 'retry-after', 'aimd'], seeds);
  return runSuite({
    plan,
    executor,
    clock: tickingClock(),
    version: '0.0.0',
    replay: 'ratelab run sample',
    ...options,
  });
}

const failuresOf = (results: SuiteResults, strategy: string) =>
  results.scenarios[0]?.cells
    .find((cell) => cell.strategy === strategy)
    ?.trials.map(
      ({ seed, failure }) => `${seed}: ${failure?.reason ?? 'ok'}${failure === null ? '' : `, ${failure.detail}`}`,
    );

describe('runSuite', () => {
  it('gives the same bytes whatever the number of slots and the order of finishing', async () => {
    const texts = [];
    for (const [slots, salt] of [
      [1, 0],
      [2, 3],
      [3, 7],
      [8, 11],
    ] as const)
      texts.push(canonicalJson(await run(fakeExecutor(slots, salt))));
    expect(new Set(texts).size).toBe(1);
    expect(JSON.parse(texts[0]!)).toMatchObject({ complete: true, seeds, scenarios: [{ name: 'sample' }] });
  });

  it('tries the other seeds again when a thread died, and fails only the one that died with it', async () => {
    const died = { kind: 'lost', reason: 'process-exit', detail: 'ended its thread with exit code 3' } as const;
    const results = await run(
      fakeExecutor(2, 3, (spec, seed) => (spec === 'aimd' && (seed === 3 || seed === 7) ? died : null)),
    );
    expect(failuresOf(results, 'aimd')).toEqual([
      '1: ok',
      '2: ok',
      '3: process-exit, ended its thread with exit code 3',
      '4: ok',
      '5: ok',
      '6: ok',
      '7: process-exit, ended its thread with exit code 3',
      '8: ok',
    ]);
    expect(failuresOf(results, 'none')).toEqual(seeds.map((seed) => `${seed}: ok`));
    expect(results.complete).toBe(true);
  });

  it('waits for a stalled strategy once, and fails the rest of its cell without starting it', async () => {
    const stalled = { kind: 'lost', reason: 'stalled', detail: 'did not yield to the event loop for 60 s' } as const;
    const executor = fakeExecutor(1, 0, (spec) => (spec === 'none' ? stalled : null));
    const results = await run(executor);
    expect(executor.started.filter((trial) => trial.startsWith('none'))).toEqual(['none 1']);
    expect(failuresOf(results, 'none')).toEqual([
      '1: stalled, did not yield to the event loop for 60 s',
      ...seeds.slice(1).map((seed) => `${seed}: stalled, not started: seed 1 did not yield to the event loop for 60 s`),
    ]);
    expect(failuresOf(results, 'aimd')).toEqual(seeds.map((seed) => `${seed}: ok`));
  });

  it('keeps what is done when it is stopped, and starts nothing more', async () => {
    const controller = new AbortController();
    const executor = fakeExecutor(2, 3);
    let booked = 0;
    const results = await run(executor, {
      signal: controller.signal,
      onEvent: (event) => {
        if (event.kind === 'trial' && ++booked === 5) controller.abort();
      },
    });
    const kept = results.scenarios[0]?.cells.flatMap(({ trials }) => trials) ?? [];
    expect(results.complete).toBe(false);
    expect(kept.length).toBe(booked);
    expect(booked).toBeGreaterThanOrEqual(5);
    expect(booked).toBeLessThanOrEqual(6);
    expect(executor.started.length).toBe(booked);
  });

  it('tells how far it is: every trial, every finished cell, and the time left', async () => {
    const events: SuiteEvent[] = [];
    await run(fakeExecutor(2, 3), { onEvent: (event) => events.push(event) });
    const trials = events.flatMap((event) => (event.kind === 'trial' ? [event] : []));
    expect(events[0]).toMatchObject({ kind: 'started', slots: 2, progress: { trials: 24, cells: 3, leftMs: null } });
    expect(trials.map((event) => event.progress.trialsDone)).toEqual(trials.map((_, index) => index + 1));
    expect(events.filter((event) => event.kind === 'cell')).toHaveLength(3);
    expect(trials.at(-1)?.progress).toMatchObject({ trialsDone: 24, cellsDone: 3, leftMs: 0 });
    expect(events.slice(-2).map(({ kind }) => kind)).toEqual(['checking claims', 'tracing']);
  });
});
