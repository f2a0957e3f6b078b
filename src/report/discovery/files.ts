/** The files of a discovery's report, in memory: `discovery.html`, `discovery.md`. */
import type { DiscoveryResults } from '../../results/discovery-results.ts';
import type { ReportFile } from '../write-report.ts';
import { renderDiscoveryMarkdown } from './markdown.ts';
import { buildDiscoveryReport } from './model.ts';
import { renderDiscoveryPage } from './page.tsx';

/** Everything that the report of a discovery consists of; the policy is apart from it (`policyOfDiscovery`). */
export function discoveryReportFiles(results: DiscoveryResults): readonly ReportFile[] {
  return [
    { path: 'discovery.html', content: renderDiscoveryPage(buildDiscoveryReport(results)) },
    { path: 'discovery.md', content: renderDiscoveryMarkdown(results) },
  ];
}
