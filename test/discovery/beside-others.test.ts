import { describe, expect, it } from 'vitest';
import type { Algorithm } from '../../mock-server/policy.ts';
import { KnownLimits } from '../../src/discovery/known-limits.ts';
import { epochWindows } from '../../src/discovery/others/epoch-windows.ts';
import { identifyBesideOthers } from '../../src/discovery/others/identify-beside-others.ts';
import { othersSeen } from '../../src/discovery/others/others-seen.ts';
import { longestPeriod } from '../../src/discovery/others/periods.ts';
import { errorsByShare } from '../../src/discovery/noise/read-errors.ts';
import { Prober } from '../../src/discovery/prober.ts';
import type { ProbeEvent } from '../../src/discovery/record.ts';
import { gradeOf, noisyGateway, openGateway } from './noisy-gateways.ts';

const NOTHING = { retryAfterMs: null, limit: null, remaining: null, resetMs: null };
const POINT = { identity: 0, route: 0 };
const WINDOW: Algorithm = { kind: 'fixed-window', limit: 120, windowMs: 48_611, anchor: 'first-request' };
const ALGORITHMS: readonly Algorithm[] = [
  WINDOW,
  { ...WINDOW, anchor: 'epoch' },
  { kind: 'sliding-window-log', limit: 231, windowMs: 61_733 },
  { kind: 'sliding-window-counter', limit: 177, windowMs: 39_119 },
  { kind: 'token-bucket', capacity: 83, refillPerSecond: 1.37, stepMs: 0 },
  { kind: 'concurrency', limit: 37 },
];

async function beside<T>(
  algorithm: Algorithm,
  backgroundShare: number,
  main: (prober: Prober) => Promise<T>,
): Promise<T> {
  const gateway = { ...noisyGateway('background10', 7), algorithm, counts: 'admitted', backgroundShare } as const;
  const { box, identity, route } = openGateway(gateway);
  const { fetch, clock, baseUrl } = box;
  const played = await box.run(() => {
    const budget = { requests: 1e6, rejections: 1e6, timeMs: 1e11 };
    return main(
      new Prober(
        { fetch, clock, baseUrl, identities: [identity], routes: [route] },
        { budget, inFlight: 1e5, defy: true },
      ),
    );
  });
  if (played.kind !== 'done') throw new Error(JSON.stringify(played));
  return played.value;
}

describe('identifyBesideOthers', () => {
  it.each(ALGORITHMS)(
    'tells $kind while others use a tenth of it, and its intervals hold the truth',
    async (algorithm) => {
      const gateway = { ...noisyGateway('background10', 7), algorithm, counts: 'admitted' } as const;
      const identified = await beside(algorithm, 0.1, (prober) =>
        identifyBesideOthers(
          { prober, points: [POINT], known: new KnownLimits([], [], prober.events) },
          { burst: 1000, horizonMs: 9e6, sizeHint: 300 },
        ),
      );
      const grade = gradeOf({ gateway, identified, probes: 0, events: [], cpuMs: 0, virtualMs: 0 });
      expect(grade).toMatchObject({ kind: 'right' });
      expect(Object.values(grade.covered)).not.toContain(false);
    },
  );
});

describe('a bucket of long steps', () => {
  it('is seen for what it is while others keep it from filling, and is not taken for one that charges for asking', async () => {
    const steps: Algorithm = { kind: 'token-bucket', capacity: 763, refillPerSecond: 16.2423, stepMs: 6191 };
    const identified = await beside(steps, 0.1, (prober) =>
      identifyBesideOthers(
        { prober, points: [POINT], known: new KnownLimits([], [], prober.events) },
        { burst: 2000, horizonMs: 9e6, sizeHint: 900 },
      ),
    );
    expect(identified).toMatchObject({ kind: 'found', hypothesis: { shape: { kind: 'token-bucket' } } });
    if (identified.kind !== 'found') return;
    expect(identified.countsKnown && identified.hypothesis.counts === 'all').toBe(false);
    expect(identified.stepMs?.low).toBeLessThanOrEqual(6191);
    expect(identified.stepMs?.low).toBeGreaterThan(0);
    expect(identified.stepMs?.high).toBeGreaterThanOrEqual(6191);
  });
});

describe('followWindows', () => {
  it.each(['first-request', 'epoch'] as const)(
    'comes to the millisecond and to the last request of a window from %s',
    async (anchor) => {
      const identified = await beside({ ...WINDOW, anchor }, 0.15, (prober) =>
        identifyBesideOthers(
          { prober, points: [POINT], known: new KnownLimits([], [], prober.events) },
          { burst: 1000, horizonMs: 9e6, sizeHint: 300 },
        ),
      );
      expect(identified).toMatchObject({
        kind: 'found',
        hypothesis: { shape: { anchor } },
        capacity: { low: 120, high: 120 },
        windowMs: { low: 48_611, high: 48_611 },
      });
    },
  );
});

describe('errorsByShare', () => {
  const events = (errors: number, admitted: number, rejected: number, sentMs: number): ProbeEvent[] =>
    [
      ...Array.from({ length: errors }, () => ({ outcome: 'unknown', status: 500 }) as const),
      ...Array.from({ length: admitted }, () => ({ outcome: 'admitted', status: 200 }) as const),
      ...Array.from({ length: rejected }, () => ({ outcome: 'rejected', status: 429 }) as const),
    ].map((one) => ({ ...one, ...POINT, sentMs, answeredMs: sentMs + 20, told: NOTHING }));

  it.each([
    { errors: 40, told: false, from: 'a fifth of all that was sent' },
    { errors: 5, told: true, from: 'a fifth of what was admitted' },
    { errors: 17, told: null, from: 'neither' },
  ])('$from at a full limit: $told', ({ errors, told }) => {
    expect(errorsByShare([...events(40, 160, 0, 0), ...events(errors, 20, 180 - errors, 1000)])).toBe(told);
  });
});

describe('othersSeen', () => {
  it.each([
    { share: 0.1, seen: true },
    { share: 0, seen: false },
  ])('others use $share of it: $seen', async ({ share, seen }) => {
    const answer = await beside(WINDOW, share, async (prober) => {
      const answers = await prober.sendMany(Array.from({ length: 125 }, () => POINT));
      return othersSeen(prober, POINT, answers.filter(({ outcome }) => outcome === 'admitted').length);
    });
    expect(answer.seen).toBe(seen);
  });
});

describe('epochWindows', () => {
  const at = (...endsMs: number[]) => endsMs.map((endMs) => ({ fromMs: endMs - 20, toMs: endMs + 5 }));

  it('finds the whole window whose multiples were seen', () => {
    const windowMs = 7919;
    const ends = [1_000_003, 1_000_017, 1_000_160, 1_001_201].map((count) => count * windowMs);
    expect(epochWindows(at(...ends), 7900, 7940)).toEqual([windowMs]);
  });

  it('finds none where windows begin with a request, nor from too few releases', () => {
    expect(epochWindows(at(7.1e9, 7.2e9 + 3001, 7.3e9 + 611, 7.4e9 + 5077), 7900, 7940)).toEqual([]);
    expect(epochWindows(at(7919e6), 7900, 7940)).toEqual([]);
  });
});

describe('longestPeriod', () => {
  /** Looked at every `everyMs`: what comes at these times. */
  const at = (everyMs: number, timesMs: readonly number[]) =>
    timesMs.map((timeMs) => ({
      fromMs: Math.floor(timeMs / everyMs) * everyMs,
      toMs: (Math.floor(timeMs / everyMs) + 1) * everyMs,
    }));
  const tokens = Array.from({ length: 18 }, (_, token) => 1_774_000_000_000 + token * 455.43);

  it('is what tokens that come evenly come by, however many others take', () => {
    const comings = at(
      9,
      tokens.filter((_, token) => token % 5 !== 3),
    );
    const range = longestPeriod(comings, 400, 500);
    expect(range?.low).toBeLessThanOrEqual(455.43);
    expect(range?.high).toBeGreaterThanOrEqual(455.43);
  });

  it('is the step where tokens wait for the next one', () => {
    const comings = at(
      9,
      tokens.map((timeMs) => Math.ceil(timeMs / 107) * 107),
    );
    expect(longestPeriod(comings, 360, 550)).toBeNull();
    const range = longestPeriod(comings, 25, 800);
    expect(range?.low).toBeLessThanOrEqual(107);
    expect(range?.high).toBeGreaterThanOrEqual(107);
  });
});
