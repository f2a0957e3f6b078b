/** Published figures beside measured ones. */
import type { PublishedComparison, ScenarioResults } from '../../results/results.ts';
import { capitalized, countOf, formatCount, formatDifference } from '../../wording/format.ts';
import type { Held } from '../shape.ts';

type Figure = PublishedComparison['figures'][number];

/** What others published about a scenario, held against what was measured; null where nothing was. */
export function heldAgainstOthers({ published }: ScenarioResults): Held | null {
  if (published === undefined) return null;
  const { figures, source, note } = published;
  return {
    heading: 'Held against results that nobody here produced',
    note: `${note} Measured: mean over seeds with its 95\u00A0% interval. Apart: how many standard errors of both means together lie between them, where a spread was published; chance alone seldom gives more than three.`,
    source,
    table: {
      columns: ['What', 'Quantity', 'Published', 'Measured', '95\u00A0% interval', 'Difference', 'Apart'],
      rows: figures.map(rowOf),
    },
    remarks: remarksOf(figures),
  };
}

function rowOf(figure: Figure): string[] {
  const { label, quantity, unit, publishedText, measured, difference, standardErrors } = figure;
  const what = unit === '' || unit === '%' ? quantity : `${quantity}, ${unit}`;
  if (measured === null) return [label, what, publishedText, 'not run', '', '', ''];
  const read = (value: number) => valueText(value, unit);
  return [
    label,
    what,
    publishedText,
    read(measured.mean),
    `[${read(measured.low)}, ${read(measured.high)}]`,
    difference === null ? '–' : formatDifference(difference),
    standardErrors === null ? '–' : standardErrors.toFixed(1),
  ];
}

function valueText(value: number, unit: string): string {
  if (unit === '%') return `${value.toFixed(1)}\u00A0%`;
  return formatCount(Math.abs(value) < 10 ? Math.round(value * 10) / 10 : Math.round(value));
}

/** Each remark once, with what it is about. */
function remarksOf(figures: readonly Figure[]): Held['remarks'] {
  const remarks = [...new Set(figures.map(({ note }) => note))].filter((note) => note !== '');
  return remarks.map((value) => {
    const about = figures.filter(({ note }) => note === value);
    const quantities = [...new Set(about.map(({ quantity }) => quantity))].join(', ');
    const label =
      about.length === 1
        ? `${about[0]!.label}, ${quantities}`
        : `${capitalized(countOf(about.length, 'figure'))}, ${quantities}`;
    return { label, value };
  });
}
