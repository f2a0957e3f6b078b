/** A request as a resource sees it, made so that nothing is read before it is asked for. */
import type { Caller } from './gateway.ts';
import type { Call } from './resources/resource.ts';

/** A {@link Call} over the text of a request. */
export class ReceivedCall implements Call {
  readonly caller: Caller;
  readonly parameters: Readonly<Record<string, string>>;
  readonly body: unknown;
  /** Whether there is a body that is not JSON. */
  readonly isMalformed: boolean;
  readonly nowMs: number;
  readonly #target: string;
  #query: URLSearchParams | null = null;

  constructor(
    caller: Caller,
    parameters: Readonly<Record<string, string>>,
    target: string,
    body: string,
    nowMs: number,
  ) {
    this.caller = caller;
    this.parameters = parameters;
    const read = body === '' ? NO_BODY : readJson(body);
    this.body = read.body;
    this.isMalformed = read.isMalformed;
    this.nowMs = nowMs;
    this.#target = target;
  }

  get query(): URLSearchParams {
    return (this.#query ??= new URLSearchParams(searchOf(this.#target)));
  }
}

const NO_BODY = { body: undefined, isMalformed: false };

function readJson(text: string): { readonly body: unknown; readonly isMalformed: boolean } {
  try {
    return { body: JSON.parse(text), isMalformed: false };
  } catch {
    return { body: undefined, isMalformed: true };
  }
}

function searchOf(target: string): string {
  const queryAt = target.indexOf('?');
  return queryAt < 0 ? '' : target.slice(queryAt + 1);
}
