import { describe, expect, it } from 'vitest';
import {
  formatCount,
  formatDifference,
  formatDuration,
  formatInterval,
  formatRatio,
  formatShare,
  sentenceList,
} from './format.ts';

describe('formatDuration', () => {
  it.each([
    [0, '0s'],
    [0.2, '0s'],
    [340, '340ms'],
    [999.6, '1s'],
    [9_440, '9.4s'],
    [43_000, '43s'],
    [59_949, '59.9s'],
    [59_970, '1m00s'],
    [103_400, '1m43s'],
    [3_599_700, '1h00m'],
    [7_500_000, '2h05m'],
    [367_200_000, '4d06h'],
    [-1500, '\u22121.5s'],
  ])('formatDuration reads %d ms as %s, rounding before it splits', (ms, text) => {
    expect(formatDuration(ms)).toBe(text);
  });

  it('formatDuration shows a dash where nothing was measured', () => {
    expect([formatDuration(null), formatDuration(Number.NaN), formatDuration(Infinity)]).toEqual(['–', '–', '–']);
  });
});

describe('formatShare', () => {
  it.each([
    [0, '0.0\u00A0%'],
    [0.0004, '<0.1\u00A0%'],
    [0.18, '18.0\u00A0%'],
    [0.9996, '>99.9\u00A0%'],
    [1, '100.0\u00A0%'],
  ])('formatShare never rounds something to nothing: %d', (share, text) => {
    expect(formatShare(share)).toBe(text);
  });
});

describe('formatDifference', () => {
  it.each([
    [0.117, '+11.7\u00A0%'],
    [-0.045, '\u22124.5\u00A0%'],
    [0.0004, '0.0\u00A0%'],
    [-0.0004, '0.0\u00A0%'],
    [12.34, '+1234\u00A0%'],
    [120, '×121'],
  ])('formatDifference signs %d with U+2212 and gives zero no sign', (ratio, text) => {
    expect(formatDifference(ratio)).toBe(text);
  });

  it('formatInterval stands beside the estimate without a unit', () => {
    expect(formatInterval(-0.003, 0.019)).toBe('[\u22120.3, +1.9]');
    expect(formatInterval(-Infinity, Infinity)).toBe('[\u2212∞, +∞]');
  });
});

describe('formatCount', () => {
  it.each([
    [0, '0'],
    [0.42, '0.4'],
    [9.99, '10'],
    [15_532, '15,532'],
    [1_234_567.8, '1,234,568'],
    [-1200, '\u22121,200'],
  ])('formatCount separates thousands and keeps one digit of small means: %d', (value, text) => {
    expect(formatCount(value)).toBe(text);
  });
});

it('formatRatio keeps three significant digits', () => {
  expect([1.05, 12.34, 139.6, null].map(formatRatio)).toEqual(['1.05', '12.3', '140', '–']);
});

it('sentenceList joins as in a sentence', () => {
  expect([[], ['a'], ['a', 'b'], ['a', 'b', 'c']].map(sentenceList)).toEqual(['', 'a', 'a and b', 'a, b and c']);
});
