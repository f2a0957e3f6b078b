import { describe, expect, it } from 'vitest';
import type { SuiteResults } from '../results/results.ts';
import { renderMarkdown } from './markdown.ts';
import { buildReport } from './model.ts';
import { fixtureResults } from './testing/fixture.ts';
import { hostileOrg } from './testing/fixture-timeline.ts';

describe('renderMarkdown', () => {
  it('renderMarkdown gives the golden report for the fixture of two scenarios and twelve seeds', async () => {
    await expect(renderMarkdown(buildReport(fixtureResults({ seeds: 12, scenarios: 2 })))).toMatchFileSnapshot(
      'testing/golden/two-scenarios.md',
    );
  });

  it('renderMarkdown gives the same bytes for the same results', () => {
    const once = () => renderMarkdown(buildReport(fixtureResults({ seeds: 6, scenarios: 5 })));
    expect(once()).toBe(once());
  });

  it('renderMarkdown keeps a hostile organization text', () => {
    const markdown = renderMarkdown(buildReport(fixtureResults({ seeds: 6, scenarios: 1 })));
    const outsideCode = markdown.replace(/```[\s\S]*?```/g, '');
    expect(hostileOrg).toContain('<img');
    expect(outsideCode).not.toContain('<img');
    expect(outsideCode).toContain('&lt;img src=x onerror=alert(1)&gt;');
  });

  it('renderMarkdown keeps table cells and code whole whatever a title holds', () => {
    const results = fixtureResults({ seeds: 6, scenarios: 1 });
    const title = 'a | b `c` \n# d';
    const hostile: SuiteResults = {
      ...results,
      scenarios: results.scenarios.map((scenario) => ({
        ...scenario,
        cells: scenario.cells.map((cell) => ({ ...cell, title })),
      })),
    };
    const markdown = renderMarkdown(buildReport(hostile));
    expect(markdown).not.toMatch(/^# d/m);
    const ranking = markdown.split('\n').filter((line) => line.includes('a \\| b'));
    expect(ranking.length).toBeGreaterThan(5);
  });

  it('renderMarkdown stays under 900 KiB however many claims there are', () => {
    const results = fixtureResults({ seeds: 6, scenarios: 1 });
    const scenarios = results.scenarios.map((scenario) => ({
      ...scenario,
      claims: Array.from({ length: 6000 }, (_, index) => ({ ...scenario.claims[0]!, id: `0.${index}` })),
    }));
    const markdown = renderMarkdown(buildReport({ ...results, scenarios }));
    expect(Buffer.byteLength(markdown)).toBeLessThanOrEqual(900 * 1024);
    expect(markdown).toContain('Cut at 900 KiB');
  });
});
