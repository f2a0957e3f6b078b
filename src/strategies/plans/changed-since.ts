import { defineStrategy } from '../definition.ts';
import type { Job } from '../../workload/workload.ts';

/** The cure of thread 2: "use the last_modified query parameter to filter results". */
export const changedSince = defineStrategy({
  name: 'changed-since',
  title: 'Changed-since sync',
  family: 'plans',
  what: 'Asks only for what has changed since the last sync: an unchanged job is not sent, since the listing that it follows already tells that there is nothing to fetch.',
  when: 'For repeated synchronisations of data that changes little, where the listing can be filtered by time. The first sync saves nothing.',
  parameters: {},
  references: [
    'Thread 2: "If the app only needs updated flows, use the last_modified query parameter to filter results"',
  ],
  example: 'changed-since+retry-after',
  build: () => ({ plan: dropUnchanged }),
});

/**
 * Leaves out each unchanged job that waits for another one (its listing, or the page before): that one, if it is sent, otherwise what
 * it waits for in turn, covers it, so that it counts as done when the listing is. Jobs that waited for a dropped one wait for the same
 * listing. An unchanged job that follows nothing is sent: nothing could tell that it is unchanged. So is one that becomes available only
 * after its listing: it belongs to a later sync.
 */
function dropUnchanged(jobs: readonly Job[]): readonly Job[] {
  const keptById = new Map<number, Job>();
  const listingOf = new Map<number, number>();
  const covered = new Map<number, number[]>();
  for (const job of jobs) {
    const listing = keptById.get(listingOf.get(job.after) ?? job.after);
    if (!job.changed && listing !== undefined && job.availableMs <= listing.availableMs) {
      listingOf.set(job.id, listing.id);
      const list = covered.get(listing.id);
      if (list === undefined) covered.set(listing.id, [...job.covers]);
      else list.push(...job.covers);
    } else {
      keptById.set(job.id, job);
    }
  }
  return jobs.flatMap((job) => {
    if (!keptById.has(job.id)) return [];
    const after = listingOf.get(job.after) ?? job.after;
    const more = covered.get(job.id);
    return after === job.after && more === undefined
      ? [job]
      : [{ ...job, after, covers: [...job.covers, ...(more ?? [])] }];
  });
}
