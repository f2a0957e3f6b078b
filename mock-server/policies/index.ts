/** Every policy that comes with the product, loose, by name: parse one with `parsePolicy`. */
import { architectSyncPolicy } from './architect-sync.ts';
import { bulkSegmentsPolicy } from './bulk-segments.ts';
import { dailyExportPolicy } from './daily-export.ts';
import { documentedPlatformPolicy } from './documented-platform.ts';
import { interactionsQueryPolicy } from './interactions-query.ts';
import { fixedWindowExample, nestedLimitsExample, tokenBucketExample } from './teaching-examples.ts';
import { usersFiftyOrgsPolicy } from './users-fifty-orgs.ts';

/** Loose policies by name: the documented platform, the five reported ones, the teaching examples. */
export const policies: Readonly<Record<string, Record<string, unknown>>> = {
  'documented-platform': documentedPlatformPolicy,
  'bulk-segments': bulkSegmentsPolicy,
  'interactions-query': interactionsQueryPolicy,
  'architect-sync': architectSyncPolicy,
  'users-fifty-orgs': usersFiftyOrgsPolicy,
  'daily-export': dailyExportPolicy,
  'teaching-fixed-window': fixedWindowExample,
  'teaching-token-bucket': tokenBucketExample,
  'teaching-nested-limits': nestedLimitsExample,
};
