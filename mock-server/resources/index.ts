/** All operations that the simulated platform answers. */
import { aggregateOperations } from './aggregates.ts';
import { detailsOperations } from './conversation-details.ts';
import { Conversations } from './conversations.ts';
import { detailsJobOperations } from './details-jobs.ts';
import { flowOperations } from './flows.ts';
import { limitOperations } from './limits.ts';
import { Organizations } from './organizations.ts';
import { queueOperations } from './queues.ts';
import { reportedAnalyticsOperations } from './reported-analytics.ts';
import type { Operation, ResourceOptions } from './resource.ts';
import { unansweredOperations } from './unanswered.ts';
import { userOperations } from './users.ts';

export { existsOnPlatform } from './platform-paths.ts';

/** A fresh world: its state lives as long as the platform that was made with it. */
export function createOperations(options: ResourceOptions): readonly Operation[] {
  const { random, startsAtMs } = options;
  const organizations = new Organizations(random);
  const conversations = new Conversations(random, startsAtMs, organizations);
  return [
    ...userOperations(random, organizations),
    ...flowOperations(options, organizations),
    ...detailsOperations(conversations),
    ...detailsJobOperations(options, conversations),
    ...aggregateOperations(conversations),
    ...queueOperations(random, organizations, conversations),
    ...reportedAnalyticsOperations(random, conversations),
    ...limitOperations(options),
    ...unansweredOperations,
  ];
}
