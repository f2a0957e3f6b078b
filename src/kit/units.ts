/** Durations and shares as people write them in a test. */
import { inputError, showValue } from '../results/input-error.ts';

/** Milliseconds, or a text: `500 ms`, `90 s`, `2 min`, `1.5 h`. */
export type Duration = number | string;

/** 0 to 1, or a text: `20 %`. */
export type Share = number | string;

const UNITS_MS: Readonly<Record<string, number>> = { ms: 1, s: 1000, min: 60_000, h: 3_600_000 };

/**
 * A duration in ms.
 *
 * @throws InputError *Cannot <action> <value>: ...* when it is none, or negative.
 */
export function durationMs(action: string, value: Duration): number {
  if (typeof value === 'number' && value >= 0 && Number.isFinite(value)) return value;
  if (typeof value === 'string') {
    const [, number = '', unit = ''] = /^(\d+(?:\.\d+)?) ?([a-z]+)$/.exec(value.trim()) ?? [];
    const unitMs = UNITS_MS[unit];
    if (unitMs !== undefined) return Number(number) * unitMs;
  }
  const rule = "a number of ms, or a text such as '500 ms', '90 s', '2 min', '1.5 h'";
  throw inputError(action, showValue(value), `a duration must be ${rule}, current value is ${showValue(value)}`);
}

/**
 * A share, 0 to 1.
 *
 * @throws InputError when it is none.
 */
export function shareOf(action: string, value: Share): number {
  const number =
    typeof value === 'string' ? Number(/^(\d+(?:\.\d+)?) ?%$/.exec(value.trim())?.[1] ?? NaN) / 100 : value;
  if (typeof number === 'number' && number >= 0 && number <= 1) return number;
  throw inputError(
    action,
    showValue(value),
    `a share must be a number from 0 to 1, or a text such as '20 %', current value is ${showValue(value)}`,
  );
}
