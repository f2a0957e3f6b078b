import { describe, expect, test } from 'vitest';
import type { PublishedComparison } from '../../results/results.ts';
import { renderMarkdown } from '../markdown.ts';
import { buildReport } from '../model.ts';
import { renderTerminal } from '../terminal.ts';
import { sampleResults } from '../../results/testing/sample-results.ts';

const figure: PublishedComparison['figures'][number] = {
  label: 'Full jitter',
  strategy: 'backoff',
  quantity: 'calls',
  unit: '',
  published: 799,
  publishedText: '799 ± 5',
  measured: { trials: 100, mean: 795.9, low: 794.5, high: 797.2 },
  difference: 795.9 / 799 - 1,
  standardErrors: 2.38,
  note: '',
};
const comparison: PublishedComparison = {
  source: 'Somebody <b>else</b>, 2015',
  note: 'The same model.',
  figures: [
    figure,
    {
      ...figure,
      label: 'AIMD',
      quantity: 'quota used',
      unit: '%',
      publishedText: '90 %',
      standardErrors: null,
      note: 'Why.',
    },
    { ...figure, label: 'Not run', unit: 'ms', measured: null, difference: null, standardErrors: null },
  ],
};

function reportWith(published: PublishedComparison | undefined) {
  const results = sampleResults();
  const [first, ...others] = results.scenarios;
  return buildReport({ ...results, scenarios: [{ ...first!, ...(published && { published }) }, ...others] });
}

describe('published figures', () => {
  test('stand beside the measured ones with interval, difference and distance', () => {
    const held = reportWith(comparison).scenarios[0]!.held!;
    expect(held.heading).toBe('Held against results that nobody here produced');
    expect(held.table.rows).toEqual([
      ['Full jitter', 'calls', '799 ± 5', '796', '[795, 797]', '\u22120.4\u00A0%', '2.4'],
      ['AIMD', 'quota used', '90 %', '795.9\u00A0%', '[794.5\u00A0%, 797.2\u00A0%]', '\u22120.4\u00A0%', '–'],
      ['Not run', 'calls, ms', '799 ± 5', 'not run', '', '', ''],
    ]);
    expect(held.remarks).toEqual([{ label: 'AIMD, quota used', value: 'Why.' }]);
  });

  test('are shown by Markdown and terminal, with nothing in them taken for markup', () => {
    const model = reportWith(comparison);
    const markdown = renderMarkdown(model);
    expect(markdown).toContain('### Held against results that nobody here produced');
    expect(markdown).toContain('| Full jitter | calls | 799 ± 5 | 796 |');
    expect(markdown).toContain('Somebody &lt;b&gt;else&lt;/b&gt;, 2015');
    const terminal = renderTerminal(model, { columns: 120, colour: false, unicode: true });
    expect(terminal).toContain('Held against results that nobody here produced');
    expect(terminal).toMatch(/Full jitter +calls +799 ± 5 +796 +\u22120\.4/);
  });

  test('leave no trace where nobody published any', () => {
    const model = reportWith(undefined);
    expect(model.scenarios[0]!.held).toBeNull();
    expect(renderMarkdown(model)).not.toContain('Held against');
  });
});
