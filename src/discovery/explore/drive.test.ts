import { expect, it } from 'vitest';
import type { Shape } from '../hypothesis.ts';
import { KnownLimits } from '../known-limits.ts';
import type { ProbeEvent } from '../record.ts';
import { drive } from './drive.ts';
import type { Exploration } from './exploration.ts';

const POINT = { identity: 0, route: 0 };

/** An exploration of a gateway that admits whatever the known limits leave room for. */
function admitting(...limits: readonly { readonly shape: Shape; readonly capacity: number }[]): Exploration {
  const events: ProbeEvent[] = [];
  const known = new KnownLimits(
    limits.map(({ shape, capacity }) => ({
      scope: [],
      costs: new Map([[0, 1]]),
      hypothesis: { shape, capacity, counts: 'admitted' },
    })),
    [{ name: 'one', labels: {}, headers: {} }],
    events,
  );
  const prober = {
    nowMs: 0,
    waitUntil(atMs: number): Promise<void> {
      this.nowMs = atMs;
      return Promise.resolve();
    },
    sendMany(points: readonly (typeof POINT)[]): Promise<void> {
      for (const point of points)
        events.push({ ...point, sentMs: this.nowMs, answeredMs: this.nowMs, outcome: 'admitted' } as ProbeEvent);
      return Promise.resolve();
    },
  };
  return { prober, known } as unknown as Exploration;
}

it('uses up a short window again and again beside a bucket that refills slowly', async () => {
  const exploration = admitting(
    { shape: { kind: 'token-bucket', refillPerSecond: 1, stepMs: 0 }, capacity: 40 },
    { shape: { kind: 'sliding-window-log', windowMs: 1000 }, capacity: 5 },
  );
  const { kind, looked } = await drive(exploration, [POINT], { requests: 1000, overMs: 9000 });
  expect(kind).toBe('none');
  // Five at once and five a second, of which the bucket has all.
  expect(looked.requests).toBeGreaterThanOrEqual(45);
});
