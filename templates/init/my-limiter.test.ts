/** The limiter in a unit test: virtual time, so that nothing waits, and the same result every time. */
import { runScenario } from 'ratelab/vitest';
import { expect, test } from 'vitest';
import limiter from './my-limiter.js';
import scenario from './my-scenario.js';

test('my limiter finishes in time and stays within the limits', async () => {
  const result = await runScenario(limiter, { scenario, seeds: 5 });
  expect(result).toLoseNothing();
  expect(result).toFinishWithin('4 s');
  expect(result).toStayWithinLimits();
  expect(result).toTreatOrgsFairly();
});

test('my limiter gets over an outage', async () => {
  const result = await runScenario(limiter, { scenario: 'tiny-outage' });
  expect(result).toLoseNothing();
  expect(result).toHonourRetryAfter();
});
