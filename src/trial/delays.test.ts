import { describe, expect, test } from 'vitest';
import { jobsAtOnce, retryEvery, runTiny, tinyScenario } from './testing/tiny.ts';

const nothing = () => 0;

describe('delays', () => {
  test('a call takes longer by its way there and back', async () => {
    const scenario = tinyScenario(jobsAtOnce(1));
    const near = await runTiny(scenario);
    const far = await runTiny(scenario, undefined, {
      delays: { thereMs: () => 3, backMs: () => 4, timerMs: nothing },
    });
    expect(near.result.metrics?.makespanMs).toBe(100);
    expect(far.result.metrics?.makespanMs).toBe(107);
    expect(far.record.attempts.startMs[0]).toBe(3);
  });

  test('a timer of the client is late, and only that', async () => {
    const scenario = tinyScenario(jobsAtOnce(6));
    const punctual = await runTiny(scenario, retryEvery(1000));
    const late = await runTiny(scenario, retryEvery(1000), {
      delays: { thereMs: nothing, backMs: nothing, timerMs: () => 2.5 },
    });
    expect(punctual.result.metrics?.makespanMs).toBe(10 + 1000 + 100);
    expect(late.result.metrics?.makespanMs).toBe(10 + 1002.5 + 100);
  });

  test('none of them changes nothing', async () => {
    const scenario = tinyScenario(jobsAtOnce(12));
    const plain = await runTiny(scenario, retryEvery(700));
    const still = await runTiny(scenario, retryEvery(700), {
      delays: { thereMs: nothing, backMs: nothing, timerMs: nothing },
    });
    expect(still.result.metrics?.makespanMs).toBe(plain.result.metrics?.makespanMs);
    expect(still.result.metrics?.attempts).toEqual(plain.result.metrics?.attempts);
  });
});
