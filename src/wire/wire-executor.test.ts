import { describe, expect, it } from 'vitest';
import type { TrialOutput, TrialTask } from '../suite/run-task.ts';
import { speedOf, wireExecutor } from './wire-executor.ts';
import { tinyScenario } from '../trial/testing/tiny.ts';

const task: TrialTask = {
  scenario: { name: 'daily-export', file: null, policy: null },
  variant: '',
  strategy: { spec: 'none', file: null },
  seeds: [1, 2, 3],
  isolatedSeeds: [1],
  alone: false,
  trace: true,
};

describe('wireExecutor', () => {
  it('runs a task\u2019s seeds in order, with neither isolated runs nor timelines', async () => {
    const executor = wireExecutor({ concurrency: 2, speed: 200 });
    const outputs: TrialOutput[] = [];
    expect(await executor.run(task, (output) => outputs.push(output))).toEqual({ kind: 'done' });
    await executor.close();
    expect(outputs.map(({ trial }) => trial.seed)).toEqual([1, 2, 3]);
    for (const { trial, timeline } of outputs) {
      expect(timeline).toBeNull();
      expect(trial.failure).toBeNull();
      expect(trial.metrics?.fairness.worstOrgSlowdown).toBeNull();
      expect(trial.wire?.speed).toBe(200);
    }
  });

  it('gives up what runs when it is stopped, and starts nothing more', async () => {
    const executor = wireExecutor({ concurrency: 1, speed: 0.01 });
    const outputs: TrialOutput[] = [];
    const ended = executor.run(task, (output) => outputs.push(output));
    executor.stop();
    expect(await ended).toEqual({ kind: 'stopped' });
    expect(await executor.run(task, (output) => outputs.push(output))).toEqual({ kind: 'stopped' });
    await executor.close();
    expect(outputs).toEqual([]);
  });

  it('turns what cannot be run into failed trials', async () => {
    const executor = wireExecutor({ concurrency: 1, speed: null });
    const outputs: TrialOutput[] = [];
    const published = { ...task, scenario: { ...task.scenario, name: 'aws-2015-backoff' }, seeds: [1] };
    await executor.run(published, (output) => outputs.push(output));
    await executor.close();
    expect(outputs[0]?.trial.failure?.detail).toMatch(/^Cannot run aws-2015-backoff on the wire/);
  });
});

describe('speedOf', () => {
  it('is what was chosen, else what the scenario says, else that of real time', () => {
    expect(speedOf(tinyScenario([], { wireSpeed: 7 }), 3)).toBe(3);
    expect(speedOf(tinyScenario([], { wireSpeed: 7 }), null)).toBe(7);
    expect(speedOf(tinyScenario([]), null)).toBe(1);
  });
});
