/** A gateway's rejections per second and cause, by its own decisions. */
import type { Platform } from '../../mock-server/platform.ts';
import { BIN_MS } from './recording.ts';

/** Longest time counted, in seconds: twice the longest run. */
const SECONDS_MAX = 7200;

/** Counts rejections. */
export interface RejectionCounter {
  /** Forgets what was before; seconds count from here (epoch ms). */
  begin(startMs: number): void;
  /** Rejections per second, by cause. */
  series(): Record<string, number[]>;
}

/** Counts a platform's rejections from now on. The platform must live at the wall's speed. */
export function countRejections(platform: Platform): RejectionCounter {
  let fromMs: number | null = null;
  const byCause = new Map<string, number[]>();
  platform.listen(({ nowMs, cause }) => {
    if (cause < 0 || fromMs === null) return;
    const name = platform.gateway.causes[cause] ?? 'unknown';
    const list = byCause.get(name) ?? [];
    byCause.set(name, list);
    const bin = Math.min(SECONDS_MAX, Math.max(0, Math.floor((nowMs - fromMs) / BIN_MS)));
    while (list.length <= bin) list.push(0);
    list[bin] = (list[bin] ?? 0) + 1;
  });
  return {
    begin(startMs) {
      fromMs = startMs;
      byCause.clear();
    },
    series: () => Object.fromEntries(byCause),
  };
}
