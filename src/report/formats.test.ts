import { beforeAll, describe, expect, it } from 'vitest';
import { renderHtml } from './html/document.tsx';
import { renderMarkdown } from './markdown.ts';
import { buildReport } from './model.ts';
import { classWords, claimWords } from './sections/words.ts';
import type { RankRow, ReportModel } from './shape.ts';
import { renderTerminal } from './terminal.ts';
import { fixtureResults } from './testing/fixture.ts';

let model: ReportModel;
let terminal: string;
let markdown: string;
let html: string;

beforeAll(() => {
  model = buildReport(fixtureResults());
  terminal = renderTerminal(model, { columns: 160, colour: false, unicode: true });
  markdown = renderMarkdown(model)
    .replace(/\\([\\`*_[\]|~#])/g, '$1')
    .replace(/&lt;/g, '<')
    .replace(/&gt;/g, '>')
    .replace(/&amp;/g, '&');
  html = renderHtml(model, { chartJs: '', twins: {} })
    .replace(/&lt;/g, '<')
    .replace(/&gt;/g, '>')
    .replace(/&quot;/g, '"')
    .replace(/&amp;/g, '&');
});

/** Words of a line, whatever the spacing. */
const flat = (text: string) => text.replace(/\s+/g, ' ');

const rows = (): [string, RankRow][] =>
  model.scenarios.flatMap(({ name, ranking }) =>
    ranking.groups.flatMap((group) => group.rows.map((row): [string, RankRow] => [name, row])),
  );

/** The part of a text that speaks of one scenario. */
function part(text: string, from: string, to: string | undefined): string {
  const start = text.indexOf(from);
  expect(start).toBeGreaterThanOrEqual(0);
  const end = to === undefined ? text.length : text.indexOf(to, start + 1);
  return text.slice(start, end < 0 ? text.length : end);
}

describe('cross-format equality', () => {
  it('terminal, Markdown and HTML print the same verdict and numbers for every strategy', () => {
    const names = model.scenarios.map(({ name }) => name);
    for (const [name, row] of rows()) {
      const next = names[names.indexOf(name) + 1];
      const inTerminal = part(terminal, `\n${name} ·`, next && `\n${next} ·`)
        .split('\n')
        .find((line) => line.includes(` ${row.title} `) && line.includes(classWords[row.class].glyph));
      const inMarkdown = part(markdown, `## ${name}:`, next && `## ${next}:`)
        .split('\n')
        .find((line) => line.startsWith(`| ${classWords[row.class].glyph} `) && line.includes(row.title));
      const inHtml = part(part(html, `id="sc-${name}"`, next && `id="sc-${next}"`), `<table class="rank">`, '</table>')
        .split('<tr')
        .find((line) => line.includes(`</span>${row.title}<`));
      for (const line of [inTerminal, inMarkdown, inHtml]) {
        const words = flat(line?.replace(/<[^>]*>/g, ' ') ?? `${row.title} is missing`);
        for (const value of [
          row.makespan,
          row.difference,
          row.interval,
          row.boundRatio,
          row.rejected,
          row.refused,
          row.waitP95,
        ])
          expect(words).toContain(flat(value));
      }
      expect(inHtml).toContain(`aria-label="${row.word}"`);
    }
  });

  it('all three lead with the same recommendation and regret', () => {
    const { headline, pick } = model.answer;
    expect(pick).not.toBeNull();
    for (const text of [terminal, markdown, html]) {
      expect(flat(text.replace(/<[^>]*>/g, ''))).toContain(headline);
      for (const { value } of pick?.facts ?? []) expect(flat(text)).toContain(flat(value));
    }
  });

  it('all three print every claim with its verdict', () => {
    for (const claim of [...model.claims.advice, ...model.claims.observed]) {
      expect(flat(terminal)).toContain(` ${claim.id} ${claimWords[claim.verdict].glyph} ${claim.word} `);
      expect(markdown).toMatch(new RegExp(`^\\| ${claim.id} ${claim.kind} \\|.*\\*\\*${claim.word}\\*\\*`, 'm'));
      expect(part(html, `id="${claim.anchor}"`, '</tr>')).toContain(claim.word);
    }
  });

  it('all three say every finding of a ranking', () => {
    for (const { ranking } of model.scenarios)
      for (const text of [terminal, markdown, html]) expect(flat(text)).toContain(flat(ranking.heading));
  });
});
