/**
 * One pure model behind terminal, Markdown and HTML, so that they cannot disagree. Verdicts come from `src/verdicts`; nothing is
 * concluded a second time here.
 */
import type { SuiteResults } from '../results/results.ts';
import { judgeSuite } from '../verdicts/judge.ts';
import { answerSection } from './sections/answer.ts';
import { claimsSection } from './sections/claims.ts';
import { mastheadSection } from './sections/masthead.ts';
import { methodSection } from './sections/method.ts';
import { scenarioSection } from './sections/scenario.ts';
import type { Material, ReportModel } from './shape.ts';
import { withPlainTitles } from './titles.ts';

/** Makes the model. Pure: the same results give the same model, to the byte. */
export function buildReport(given: SuiteResults): ReportModel {
  const results = withPlainTitles(given);
  const material: Material = { results, verdict: judgeSuite(results) };
  const claims = claimsSection(material);
  const answer = answerSection(material, claims);
  const scenarios = results.scenarios.map((_, index) => scenarioSection(material, claims, index));
  return {
    title: `ratelab: ${answer.headline}`,
    masthead: mastheadSection(material),
    answer,
    claims,
    scenarios,
    opens: strongest(material),
    method: methodSection(material),
  };
}

/** The scenario with the strongest story: most claims that do not simply hold, then the order of the suite. */
function strongest({ verdict }: Material): string {
  const story = verdict.scenarios.map(({ name, claims }) => ({ name, weight: claims.refuted * 2 + claims.depends }));
  return story.toSorted((a, b) => b.weight - a.weight)[0]?.name ?? '';
}
