/** Operations of the platform that the simulation does not answer, and whose paths another operation would take for one with a name in it. */
import { type Operation, ReplyError } from './resource.ts';

const UNANSWERED = [
  ['GET', '/api/v2/flows/datatables'],
  ['GET', '/api/v2/flows/divisionviews'],
  ['GET', '/api/v2/flows/lookup'],
  ['GET', '/api/v2/flows/milestones'],
  ['GET', '/api/v2/flows/outcomes'],
  ['GET', '/api/v2/routing/queues/divisionviews'],
  ['GET', '/api/v2/routing/queues/me'],
  ['PATCH', '/api/v2/users/bulk'],
  ['GET', '/api/v2/users/query'],
  ['GET', '/api/v2/users/rules'],
  ['GET', '/api/v2/users/search'],
] as const;

/** They answer 501, as all other operations do that only the platform has. A test finds those that are missing here. */
export const unansweredOperations: readonly Operation[] = UNANSWERED.map(([method, path]) => ({
  method,
  path,
  handle: () => {
    throw new ReplyError(
      501,
      'not.implemented',
      'The platform has this operation, but the simulation does not answer it.',
    );
  },
}));
