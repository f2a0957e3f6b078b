/** Invented timelines for the fixture: a level, calls up and down, a falling backlog, and forty organizations' refusals. */
import type { Timeline } from '../../results/results.ts';
import { dice } from './dice.ts';

/** An organization whose name would run as a script wherever it were not escaped. */
export const hostileOrg = '</script><img src=x onerror=alert(1)>';

/** One strategy's invented run; `refused` is the share of its calls turned away. */
export function fixtureTimeline(
  strategy: string,
  seed: number,
  boundMs: number,
  refused: number,
  penalties: boolean,
): Timeline {
  const roll = dice(`${strategy}/${seed}`);
  const bins = 150;
  const binMs = Math.ceil((boundMs * (1.05 + refused)) / bins / 100) * 100;
  const busy = Math.round(bins / (1 + refused));
  const admitted = Array.from({ length: bins }, (_, i) =>
    i < busy ? 40 + Math.round(roll() * 12) : Math.round(roll() * 3),
  );
  const rejected = admitted.map((count, i) =>
    i === 0 ? Math.round(900 * refused) + 30 : Math.round(count * refused * roll()),
  );
  const total = admitted.reduce((sum, count) => sum + count, 0);
  let open = total;
  const backlog = admitted.map((count) => (open -= count));
  const orgs = [hostileOrg, ...Array.from({ length: 39 }, (_, i) => `org-${String(i + 1).padStart(2, '0')}`)];
  const heatRow = (index: number) =>
    Array.from({ length: 60 }, (_, i) =>
      i === 0 ? Math.round(9 * roll()) : roll() < refused ? Math.ceil((roll() * 6 * (40 - index)) / 40) : 0,
    );
  return {
    strategy,
    seed,
    binMs,
    startsAtMs: 1_715_432_000_000,
    bucket: {
      limit: 'client shared',
      key: 'client=app-1',
      capacity: 100,
      free: admitted.map((_, i) => (i < busy ? Math.round((refused > 0.1 ? 4 : 90) * (0.8 + roll() * 0.3)) : 100)),
    },
    admitted,
    rejected,
    inFlight: admitted.map((count) => Math.round(count / 4)),
    backlog,
    heat: {
      binMs: Math.round((bins * binMs) / 60),
      orgs: [...orgs, 'other'],
      rejections: [...orgs.map((_, index) => heatRow(index)), heatRow(30)],
    },
    penalties:
      penalties && refused > 0.1
        ? [
            {
              name: 'tenant block',
              key: 'org=org-07',
              fromMs: 1_715_432_000_000 + 20 * binMs,
              toMs: 1_715_432_000_000 + 45 * binMs,
            },
          ]
        : [],
  };
}
