/**
 * Where attempts are taken in, whatever carries them on: whose it is, for which job, whether it may still be tried, and that it was.
 *
 * A request is known by its headers, as a platform would: the sender by `authorization: Bearer <token>`, the job by `x-ratelab-job`.
 */
import type { RequestIdentity } from '../strategies/strategy.ts';
import type { Job } from '../workload/workload.ts';
import { pathOf, type ReadHeaders, readHeaders } from './outgoing.ts';
import type { Carried } from './transport.ts';

const BEARER = 'Bearer ';
/** The row of an attempt that names no job of the plan. */
export const UNKNOWN_JOB = -1;
const QUERY = 0x3f;

/** The authorization header of a token. */
export function bearer(token: string): string {
  return BEARER + token;
}

/** Takes in the attempts of one trial. */
export class AttemptDesk {
  readonly #options: Carried;
  readonly #authorizations: readonly string[];
  readonly #senderByAuthorization: ReadonlyMap<string, number>;
  readonly #requestIdHeader: string;
  /** The headers of the call that is being read. */
  readonly #read: ReadHeaders = { authorization: '', job: '', items: '', requestId: '' };
  /** Attempts that name no job of the plan. */
  #unknown = 0;
  /** The path that was last cut off a job's path: most jobs differ in their query only. */
  #lastPath = '/';

  constructor(options: Carried, requestIdHeader: string) {
    this.#options = options;
    this.#authorizations = options.authorizations;
    this.#senderByAuthorization = new Map(options.authorizations.map((text, index) => [text, index]));
    this.#requestIdHeader = requestIdHeader;
  }

  /** The headers of a call; they hold until the next is read. */
  read(input: string | URL | Request, init?: RequestInit): ReadHeaders {
    readHeaders(input, init, this.#requestIdHeader, this.#read);
    return this.#read;
  }

  /** Whose request this is, for strategies. */
  identify(input: string | URL | Request, init?: RequestInit): RequestIdentity {
    const read = this.read(input, init);
    const { job } = read;
    const sender = this.senderOf(this.rowOf(job), read.authorization);
    if (sender === undefined) return { org: '', client: '', token: '', job };
    const { org, client, token } = this.#options.callers[sender]!;
    return { org, client, token, job };
  }

  /** Books an attempt. */
  count(row: number, sender: number, atMs: number): void {
    const { planned, work } = this.#options;
    work.inFlight[sender]! += 1;
    if (row === UNKNOWN_JOB) {
      this.#unknown += 1;
    } else if (++planned.attempts[row]! === 1) {
      planned.firstAttemptMs[row] = atMs;
    }
  }

  /** Whether the job may be tried once more; if not, the trial is told. Requests that name no job share the budget of one job per job. */
  mayTry(row: number): boolean {
    const { planned, attemptsPerJobMax, plan } = this.#options;
    if (row === UNKNOWN_JOB) {
      if (this.#unknown < attemptsPerJobMax * Math.max(1, plan.length)) return true;
      this.#options.onTooManyAttempts(`more than ${this.#unknown} requests that belong to no job`);
      return false;
    }
    if (planned.attempts[row]! < attemptsPerJobMax) return true;
    this.#options.onTooManyAttempts(`more than ${attemptsPerJobMax} attempts for job ${plan[row]!.id}`);
    return false;
  }

  /** The path of a job, without its query. */
  jobPath({ path }: Job): string {
    const last = this.#lastPath;
    const isSame = path.startsWith(last) && (path.length === last.length || path.charCodeAt(last.length) === QUERY);
    return isSame ? last : (this.#lastPath = pathOf(path));
  }

  /** Mostly the job's own sender, and the very text that the driver handed over: then nothing has to be looked up. */
  senderOf(row: number, authorization: string): number | undefined {
    const sender = row === UNKNOWN_JOB ? -1 : this.#options.plan[row]!.sender;
    return this.#authorizations[sender] === authorization ? sender : this.#senderByAuthorization.get(authorization);
  }

  /** The planned row of a job by its header. */
  rowOf(job: string): number {
    if (job === '') return UNKNOWN_JOB;
    return this.#options.rowById[Number(job)] ?? UNKNOWN_JOB;
  }
}

/** Items of a request as its header says; 1 when it says nothing. */
export function itemsFrom(header: string): number {
  if (header === '') return 1;
  const items = Number(header);
  return Number.isInteger(items) && items >= 1 ? items : 1;
}

/** What a request is told whose token is nobody's. */
export function unauthorized(): TypeError {
  return new TypeError(
    'Cannot send request: its authorization header must be `Bearer` and the token of a sender, but it is not',
  );
}
