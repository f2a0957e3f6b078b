/** Who stands out, by the figures: lists at the head of the page. */
import { sentenceList } from '../../src/wording/format.ts';
import type { LimiterFinding } from './findings.ts';

interface Shortlist {
  readonly says: string;
  readonly holds: (finding: LimiterFinding) => boolean;
}

const LISTS: readonly Shortlist[] = [
  {
    says: 'Obey Retry-After in seconds and as a date, come back also where there is none, and wait no weeks for one that cannot be read',
    holds: ({ waitsMs }) =>
      waitsMs !== null &&
      (waitsMs.seconds ?? 0) >= 7000 &&
      (waitsMs.date ?? 0) >= 7990 &&
      waitsMs.absent !== null &&
      (waitsMs.malformed ?? 0) < 86_400_000,
  },
  {
    says: 'Do not read Retry-After at all',
    holds: ({ waitsMs }) =>
      waitsMs !== null &&
      waitsMs.absent !== null &&
      waitsMs.seconds === waitsMs.absent &&
      waitsMs.date === waitsMs.absent,
  },
  {
    says: 'Never start more than they are told, wherever the second lies',
    holds: ({ window, promise }) => window !== null && promise !== null && window.startsMax <= promise.limit,
  },
  {
    says: 'Do all jobs in all five scenarios by themselves, with the parameters they come with',
    holds: ({ kind, scenarios }) =>
      kind === 'retries' && Object.values(scenarios).every(({ optimumShare }) => optimumShare !== null),
  },
];

/** The lists, Markdown; libraries only. */
export function shortlists(findings: readonly LimiterFinding[]): string {
  return LISTS.map(({ says, holds }) => {
    const names = findings
      .filter((finding) => finding.kind !== 'ours' && holds(finding))
      .map(({ name }) => `\`${name}\``);
    return `- ${says}: ${names.length === 0 ? 'none' : sentenceList(names)}.`;
  }).join('\n');
}
