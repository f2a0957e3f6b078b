/** The meter of a shape. */
import type { Shape } from '../hypothesis.ts';
import { ConcurrencyMeter } from './concurrency-meter.ts';
import { CounterMeter } from './counter-meter.ts';
import { LogMeter } from './log-meter.ts';
import type { Meter } from './meter.ts';
import { TokenMeter } from './token-meter.ts';
import { WindowMeter } from './window-meter.ts';

/** A fresh meter. */
export function createMeter(shape: Shape): Meter {
  switch (shape.kind) {
    case 'fixed-window':
      return new WindowMeter(shape.windowMs, shape.anchor);
    case 'sliding-window-log':
      return new LogMeter(shape.windowMs);
    case 'sliding-window-counter':
      return new CounterMeter(shape.windowMs);
    case 'token-bucket':
      return new TokenMeter(shape.refillPerSecond, shape.stepMs);
    case 'concurrency':
  }
  return new ConcurrencyMeter();
}
