/** A chart's place in the page: the canvas that scripts draw on, and the still image for everybody else. */
import { chartsOf } from '../charts/catalogue.ts';
import type { ScenarioSection } from '../shape.ts';

/** Which scenario a chart belongs to. */
export interface Of {
  readonly scenario: ScenarioSection;
  readonly index: number;
  readonly twins: Readonly<Record<string, string>>;
}

/** A canvas with its still twin; nothing where the chart has no data. */
export function ChartBox({ of: { scenario, index, twins }, name }: { readonly of: Of; readonly name: string }) {
  const chart = chartsOf(scenario).find((entry) => entry.name === name);
  if (!chart) return <p class="none">There is nothing to draw.</p>;
  const twin = twins[`${scenario.name}-${name}`];
  return (
    <div class="chart" style={{ height: `${chart.height}px` }}>
      <canvas data-chart={`${index}/${name}`} role="img" aria-label={chart.heading} />
      {twin !== undefined && <img class="twin" alt={chart.heading} src={twin} />}
    </div>
  );
}
