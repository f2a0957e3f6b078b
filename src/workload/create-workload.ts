/**
 * Small pure makers for scenario authors: senders and jobs with every default filled in, and a workload that is sorted, numbered and
 * checked once, so that nothing behind it has to ask again.
 */
import type { Job, Sender, Workload } from './workload.ts';

/** Most jobs of one workload. */
const JOBS_MAX = 4_000_000;
/** Most senders of one workload. */
const SENDERS_MAX = 200_000;

/** Tokens never reach a message. */
const HIDDEN = '(a token, not shown)';

/** A job as a scenario writes it: who and where; everything else has a default. */
export interface JobDraft {
  /** Index into the senders of the workload. */
  readonly sender: number;
  /** Path with query, from the root: `/api/v2/users?pageNumber=2`. */
  readonly path: string;
  /** Default `GET`. */
  readonly method?: string;
  /** Default null: no body. */
  readonly body?: string | null;
  /** Items of a bulk request. Default 1. */
  readonly items?: number;
  /** Ms from the trial's start. Default 0. */
  readonly availableMs?: number;
  /** Ms from the trial's start. Default 0: not held back. */
  readonly notBeforeMs?: number;
  /** Position, in the list of drafts, of the job that must be done first. Default -1: none. */
  readonly after?: number;
  /** Default '': never merged. */
  readonly mergeKey?: string;
  /** Default: as many as the job itself has. */
  readonly mergeItemsMax?: number;
  /** Default true. */
  readonly changed?: boolean;
}

/**
 * Checks, sorts and numbers the work of one trial: jobs by `availableMs`, ties in the order given; ids are positions in that order.
 * `after` counts positions in the list given here, and is translated. Throws a RangeError that names the first wrong field.
 */
export function createWorkload(senders: readonly Sender[], drafts: readonly JobDraft[]): Workload {
  checkSenders(senders);
  if (drafts.length > JOBS_MAX) throw fault('jobs', `at most ${JOBS_MAX} long`, drafts.length);
  drafts.forEach((draft, position) => checkDraft(draft, position, senders.length, drafts.length));
  const order = sortedPositions(drafts);
  const idByPosition = new Int32Array(drafts.length);
  order.forEach((position, id) => (idByPosition[position] = id));
  const jobs = order.map((position, id) => {
    const draft = drafts[position]!;
    const after = draft.after ?? -1;
    return fillJob(draft, id, after < 0 ? -1 : idByPosition[after]!);
  });
  checkAcyclic(jobs);
  return { senders, jobs };
}

/** One sender; only the organization has no default. Its other identities are derived from the organization's name. */
export function sender(fields: Partial<Sender> & Pick<Sender, 'org'>): Sender {
  return {
    client: `client-${fields.org}`,
    token: `token-${fields.org}`,
    user: `integration@${fields.org}`,
    app: 'app',
    ip: '192.0.2.1',
    tier: 'standard',
    permitted: true,
    ...fields,
  };
}

/** `count` senders of as many organizations `org-01`, `org-02`, ...; `fields` changes some of them. */
export function senders(count: number, fields: (index: number) => Partial<Sender> = () => ({})): Sender[] {
  if (!Number.isInteger(count) || count < 0 || count > SENDERS_MAX) {
    throw fault('senders', `a whole number from 0 to ${SENDERS_MAX}`, count);
  }
  const digits = Math.max(2, String(count).length);
  return Array.from({ length: count }, (_, index) =>
    sender({ org: `org-${String(index + 1).padStart(digits, '0')}`, ...fields(index) }),
  );
}

function fillJob(draft: JobDraft, id: number, after: number): Job {
  const items = draft.items ?? 1;
  return {
    id,
    sender: draft.sender,
    method: draft.method ?? 'GET',
    path: draft.path,
    body: draft.body ?? null,
    items,
    availableMs: draft.availableMs ?? 0,
    notBeforeMs: draft.notBeforeMs ?? 0,
    after,
    covers: [id],
    mergeKey: draft.mergeKey ?? '',
    mergeItemsMax: draft.mergeItemsMax ?? items,
    changed: draft.changed ?? true,
  };
}

function sortedPositions(drafts: readonly JobDraft[]): number[] {
  const positions = drafts.map((_, position) => position);
  return positions.sort((a, b) => (drafts[a]!.availableMs ?? 0) - (drafts[b]!.availableMs ?? 0) || a - b);
}

function checkSenders(list: readonly Sender[]): void {
  if (list.length > SENDERS_MAX) throw fault('senders', `at most ${SENDERS_MAX} long`, list.length);
  const positionByToken = new Map<string, number>();
  list.forEach((one, position) => {
    if (!/^[\x21-\x7e]+$/.test(one.token)) {
      throw fault(`senders[${position}].token`, 'printable ASCII without spaces, as it travels in a header', HIDDEN);
    }
    const earlier = positionByToken.get(one.token);
    if (earlier !== undefined) {
      throw fault(`senders[${position}].token`, `unlike that of senders[${earlier}]`, HIDDEN);
    }
    positionByToken.set(one.token, position);
  });
}

function checkDraft(draft: JobDraft, position: number, senderCount: number, jobCount: number): void {
  const at = (field: string) => `jobs[${position}].${field}`;
  if (!isIndex(draft.sender, senderCount)) {
    throw fault(at('sender'), `a position in the list of ${senderCount} senders`, draft.sender);
  }
  if (!draft.path.startsWith('/')) throw fault(at('path'), 'a path that begins with /', draft.path);
  checkCount(at('items'), draft.items ?? 1);
  checkCount(at('mergeItemsMax'), draft.mergeItemsMax ?? 1);
  checkTime(at('availableMs'), draft.availableMs ?? 0);
  checkTime(at('notBeforeMs'), draft.notBeforeMs ?? 0);
  const after = draft.after ?? -1;
  if (after !== -1 && (!isIndex(after, jobCount) || after === position)) {
    throw fault(at('after'), 'the position of another job, or -1', after);
  }
}

/** Follows the chains once: a chain that comes back to a job of its own walk is a cycle. */
function checkAcyclic(jobs: readonly Job[]): void {
  const walk = new Int32Array(jobs.length);
  for (let start = 0; start < jobs.length; start++) {
    let id = start;
    while (id >= 0 && walk[id] === 0) {
      walk[id] = start + 1;
      id = jobs[id]!.after;
    }
    if (id >= 0 && walk[id] === start + 1) {
      throw fault(`the job for ${jobs[id]!.path}`, 'one that does not wait for itself through `after`', `job ${id}`);
    }
  }
}

function checkCount(path: string, value: number): void {
  if (!Number.isInteger(value) || value < 1) throw fault(path, 'a whole number, at least 1', value);
}

function checkTime(path: string, value: number): void {
  if (!Number.isFinite(value) || value < 0) throw fault(path, 'a finite number of ms, at least 0', value);
}

function isIndex(value: number, length: number): boolean {
  return Number.isInteger(value) && value >= 0 && value < length;
}

function fault(path: string, rule: string, value: string | number): RangeError {
  return new RangeError(`Cannot create workload: ${path} must be ${rule}, current value is ${value}`);
}
