import { describe, expect, test } from 'vitest';
import { parseHttpDate } from './http-date.ts';
import { parseRetryAfterMs } from './retry-after-header.ts';

const nowMs = Date.UTC(2026, 0, 5, 9, 0, 0);

describe('parseRetryAfterMs', () => {
  test.each([
    ['1', 1000],
    [' 42 ', 42_000],
    ['0', 0],
    ['007', 7000],
    ['1.5', 1500],
    ['0.0001', 1],
    ['2147484', 2_147_484_000],
    ['99999999999', 99_999_999_999_000],
    ['9'.repeat(400), Infinity],
    ['-1', null],
    ['+1', null],
    ['1e3', null],
    ['0x10', null],
    ['1,5', null],
    ['', null],
    ['soon', null],
    ['1 2', null],
    ['NaN', null],
    ['Mon, 05 Jan 2026 09:00:07 GMT', 7000],
    ['Mon, 05 Jan 2026 09:00:00 GMT', 0],
    ['Mon, 05 Jan 2026 08:59:59 GMT', 0],
    ['Monday, 05-Jan-26 09:00:07 GMT', 7000],
    ['Mon Jan  5 09:00:07 2026', 7000],
    ['Mon, 05 Jan 2026 09:00:07 CET', null],
    ['Mon, 05 Jnn 2026 09:00:07 GMT', null],
    ['2026-01-05T09:00:07Z', null],
  ])('reads %j as %j', (text, expected) => {
    expect(parseRetryAfterMs(text, nowMs)).toBe(expected);
  });

  test('says null of an absent header', () => {
    expect(parseRetryAfterMs(null, nowMs)).toBeNull();
  });

  test('rounds up to the millisecond, never down', () => {
    expect(parseRetryAfterMs('Mon, 05 Jan 2026 09:00:07 GMT', nowMs + 0.4)).toBe(7000);
    expect(parseRetryAfterMs('1.0001', nowMs)).toBe(1001);
  });
});

describe('parseHttpDate', () => {
  test.each([
    'Mon, 32 Jan 2026 09:00:07 GMT',
    'Mon, 05 Jan 2026 24:00:07 GMT',
    'Mon, 05 Jan 2026 09:60:07 GMT',
    'garbage 1',
  ])('refuses %s', (text) => {
    expect(parseHttpDate(text)).toBeNull();
  });
});
