/** The five scenarios of the suite, in the order of their threads. */
import { architectSync } from './architect-sync.ts';
import { bulkSegments } from './bulk-segments.ts';
import { dailyExport } from './daily-export.ts';
import { interactionsQuery } from './interactions-query.ts';
import type { Scenario } from './scenario.ts';
import { usersFiftyOrgs } from './users-fifty-orgs.ts';

/** The five scenarios of the suite. */
export const scenarios: readonly Scenario[] = [
  bulkSegments,
  interactionsQuery,
  architectSync,
  usersFiftyOrgs,
  dailyExport,
];
