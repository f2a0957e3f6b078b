/** Several jobs as one: items add up, the covered jobs join, and whoever waited for one of them waits for all. */
import type { Job } from '../../workload/workload.ts';

/**
 * Merges jobs of the same sender, method and merge key. Each job, in the workload's order, joins the open group of its kind if `mayJoin`
 * says so, if it fits in one request, and if it waits for nothing that the group does not wait for; else it opens the next group. A
 * group's first job leads: its id, path and intended start stay. Returned in order of the leaders.
 */
export function mergeJobs(
  jobs: readonly Job[],
  mayJoin: (group: readonly Job[], job: Job) => boolean,
  merge: (group: readonly Job[]) => Job = joinJobs,
): readonly Job[] {
  const groups: Job[][] = [];
  const openByKey = new Map<string, Job[]>();
  const leaderOf = new Map<number, number>();
  for (const job of jobs) {
    const key = job.mergeKey === '' ? '' : `${job.sender} ${job.method} ${job.mergeKey}`;
    const open = key === '' ? undefined : openByKey.get(key);
    if (open !== undefined && followsTheSame(open, job) && fits(open, job) && mayJoin(open, job)) {
      open.push(job);
      leaderOf.set(job.id, open[0]?.id ?? job.id);
    } else {
      const group = [job];
      groups.push(group);
      if (key !== '') openByKey.set(key, group);
    }
  }
  return groups.map((group) => {
    const [leader] = group;
    const merged = leader !== undefined && group.length === 1 ? leader : merge(group);
    const after = leaderOf.get(merged.after) ?? merged.after;
    return after === merged.after ? merged : { ...merged, after };
  });
}

/** One job that does all of a group. It is held until the last of them is available; its intended start is the first one's. */
export function joinJobs(group: readonly Job[]): Job {
  const [leader] = group;
  if (leader === undefined) throw new Error('Cannot join jobs: group must be at least one job, current value is none');
  return {
    ...leader,
    items: group.reduce((sum, { items }) => sum + items, 0),
    notBeforeMs: Math.max(...group.map((job) => Math.max(job.notBeforeMs, job.availableMs))),
    covers: group.flatMap(({ covers }) => covers),
    changed: group.some(({ changed }) => changed),
    body: joinBodies(group),
  };
}

/** A bulk request carries the bodies of its parts as one JSON array; without bodies it has none. */
function joinBodies(group: readonly Job[]): string | null {
  const bodies = group.flatMap(({ body }) => (body === null ? [] : [body]));
  return bodies.length === 0 ? null : `[${bodies.join(',')}]`;
}

/** A group may not wait for itself by way of others: all wait for the same job from outside, or for one of their own. */
function followsTheSame(group: readonly Job[], job: Job): boolean {
  return job.after === (group[0]?.after ?? -1) || group.some(({ id }) => id === job.after);
}

function fits(group: readonly Job[], job: Job): boolean {
  const itemsMax = Math.min(job.mergeItemsMax, ...group.map(({ mergeItemsMax }) => mergeItemsMax));
  return group.reduce((sum, { items }) => sum + items, job.items) <= itemsMax;
}
