import { describe, expect, it } from 'vitest';
import type { SuiteEvent } from '../suite/run-suite.ts';
import type { Clock } from '../time/clock.ts';
import { progressView, type ProgressKind } from './progress.ts';

function shown(
  kind: ProgressKind,
  isTerminal: boolean,
  events: readonly (SuiteEvent & { readonly atMs?: number })[],
): string {
  let text = '';
  let nowMs = 0;
  const clock: Clock = { now: () => nowMs, setTimer: () => ({ dueMs: 0 }), clearTimer: () => {} };
  const output = { write: (part: string) => void (text += part), isTerminal, colour: false, columns: 40 };
  const view = progressView(kind, output, clock);
  for (const { atMs, ...event } of events) {
    nowMs = atMs ?? nowMs;
    view.show(event);
  }
  view.end();
  return text;
}

const event = (kind: 'trial' | 'cell', trialsDone: number, cellsDone: number, atMs: number) => ({
  kind,
  scenario: 'sample',
  variant: '',
  strategy: 'none',
  seed: 1,
  failed: 0,
  progress: { trialsDone, trials: 200, cellsDone, cells: 10, leftMs: 65_400 },
  atMs,
});
const started = {
  kind: 'started',
  mode: 'virtual',
  slots: 2,
  progress: { trialsDone: 0, trials: 200, cellsDone: 0, cells: 10, leftMs: null },
} as const;

describe('progressView', () => {
  it('rewrites one line on a terminal, at most ten times a second, cut to its width, and wipes it at the end', () => {
    const text = shown('auto', true, [
      started,
      event('trial', 1, 0, 50),
      event('trial', 2, 0, 150),
      event('trial', 3, 0, 160),
    ]);
    expect(text.split('\r\u001B[2K').slice(1)).toEqual([
      '200 trials in 10 cells on 2 threads',
      '2/200 trials · 0/10 cells · 00:00 · abo',
      '',
    ]);
  });

  it('prints plain lines elsewhere: at every tenth of the cells, and after thirty seconds of silence', () => {
    const text = shown('auto', false, [
      started,
      event('trial', 1, 0, 1000),
      event('cell', 20, 1, 2000),
      event('trial', 21, 1, 20_000),
      event('trial', 22, 1, 32_000),
      { kind: 'tracing', scenario: 'sample' },
    ]);
    expect(text).toBe(
      '200 trials in 10 cells on 2 threads\n' +
        '20/200 trials · 1/10 cells · 00:02 · about 01:05 left · sample none\n' +
        '22/200 trials · 1/10 cells · 00:32 · about 01:05 left · sample none\n' +
        'tracing sample · 00:32\n',
    );
  });

  it('gives machines one JSON object a line, and nothing when told so', () => {
    const lines = shown('json', true, [started, event('trial', 1, 0, 1)])
      .trimEnd()
      .split('\n');
    expect(lines.map((line) => (JSON.parse(line) as SuiteEvent).kind)).toEqual(['started', 'trial']);
    expect(shown('none', true, [started, event('trial', 1, 0, 1)])).toBe('');
  });
});
