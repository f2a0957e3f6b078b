/** Thread 3: dashboards that read the users of fifty organizations, all through one OAuth client. */
import { usersFiftyOrgsPolicy } from '../mock-server/policies/users-fifty-orgs.ts';
import { createWorkload, senders, type JobDraft } from '../src/workload/create-workload.ts';
import type { RandomSource, Workload } from '../src/workload/workload.ts';
import { COMMON_STRATEGIES } from './common-strategies.ts';
import { assumed, fromThread } from './parameters.ts';
import { changeLimit, withBackgroundRate, withoutLimit } from './policy-changes.ts';
import { defineScenario, type Values } from './scenario.ts';
import { brokerAt, cappedAt, PROPOSAL, usersFiftyOrgsClaims } from './users-fifty-orgs-claims.ts';

const parameters = {
  organizations: fromThread(50, '"approximately fifty distinct organizations".'),
  pagesMin: assumed(4, 'Pages of users of the smallest organization (25 users a page).'),
  pagesMax: assumed(28, 'Pages of users of the largest organization.'),
  refreshes: assumed(2, 'How often the dashboards are refreshed in one trial.'),
  refreshEveryMs: assumed(60_000, 'Time between two refreshes.'),
  spreadMs: assumed(3000, 'The organizations of a refresh start within this time.'),
  pagesInParallel: assumed(
    false,
    'Whether all pages of an organization are asked for at once instead of one after the other.',
  ),
};

/** At each refresh every organization reads all its pages of users, one page after the other. */
function makeWorkload(values: Values<typeof parameters>, random: RandomSource): Workload {
  const callers = senders(values.organizations, () => ({ client: 'partner-client', app: 'partner-app' }));
  const drafts: JobDraft[] = [];
  callers.forEach(({ org }, sender) => {
    const dice = random.stream('workload', org);
    const pages = dice.integer(values.pagesMin, values.pagesMax);
    for (let refresh = 0; refresh < values.refreshes; refresh++) {
      const availableMs = refresh * values.refreshEveryMs + dice.integer(0, values.spreadMs);
      for (let page = 1; page <= pages; page++) {
        const waits = page > 1 && !values.pagesInParallel;
        drafts.push({
          sender,
          path: `/api/v2/users?pageSize=25&pageNumber=${page}`,
          availableMs,
          after: waits ? drafts.length - 1 : -1,
        });
      }
    }
  });
  return createWorkload(callers, drafts);
}

/** The scenario `users-fifty-orgs`. */
export const usersFiftyOrgs = defineScenario({
  name: 'users-fifty-orgs',
  title: 'Users of fifty organizations',
  thread: {
    says: [
      'Fifty organizations are read through one OAuth client; each is well below fifty requests a second, and still 429s come and go, mostly in Pacific business hours.',
      'Retry-After wanders from 1 to 30 s; round-robin over the organizations and the Java SDK’s own retry do not suffice.',
    ],
    advice: [
      'Limits count per organization, but a gateway limit over all of them is hit first.',
      'Put a queue or a message broker in between, with a token bucket of ten a second for each organization.',
      'Do not raise concurrency; cache on the client.',
    ],
  },
  startsAt: '2026-03-04T10:00:10-08:00',
  policy: usersFiftyOrgsPolicy,
  parameters,
  workload: makeWorkload,
  facts: (values) => [
    `${values.organizations} organizations, one OAuth client, one app`,
    `${values.refreshes} refreshes, one every ${values.refreshEveryMs / 1000} s, ${values.pagesMin} to ${values.pagesMax} pages for each organization`,
    'in business hours the app’s other traffic takes 30 of 50 calls a second',
    'Retry-After says anything from 1 to 30 s',
  ],
  strategies: [...COMMON_STRATEGIES, PROPOSAL, brokerAt(20), cappedAt(2)],
  proposal: PROPOSAL,
  refusedShareMax: 0.2,
  deadlineMs: 2 * 3_600_000,
  attemptsPerJobMax: 300,
  wireSpeed: 3,
  variants: [
    {
      name: 'exact-retry-after',
      what: 'Retry-After tells the time that is really left.',
      policy: (loose) => changeLimit(loose, 'app-gateway', { retryAfter: { kind: 'exact' } }),
    },
    { name: 'at-03', what: 'The trial starts at 03:00 in California.', startsAt: '2026-03-04T03:00:10-08:00' },
    { name: 'at-15', what: 'The trial starts at 15:00 in California.', startsAt: '2026-03-04T15:00:10-08:00' },
    { name: 'at-21', what: 'The trial starts at 21:00 in California.', startsAt: '2026-03-04T21:00:10-08:00' },
    {
      name: 'without-other-traffic',
      what: 'The app has no other traffic.',
      policy: (loose) => withBackgroundRate(loose, 0),
    },
    {
      name: 'without-gateway-limit',
      what: 'No limit over all organizations.',
      policy: (loose) => withoutLimit(loose, 'app-gateway'),
    },
    {
      name: 'without-org-limit',
      what: 'No limit per organization.',
      policy: (loose) => withoutLimit(loose, 'users-per-org'),
    },
    {
      name: 'pages-in-parallel',
      what: 'All pages of an organization are asked for at once.',
      parameters: { pagesInParallel: true },
    },
  ],
  claims: usersFiftyOrgsClaims,
});
