/** For retriers that retry what throws: a refusal as an error, and the response again where a caller of fetch expects one. */
import { copyOf } from '../retry/request.ts';
import { isRefusal } from '../retry/retrying.ts';
import type { Fetch, StrategyContext } from '../strategy.ts';

/** A response that says "not now" (429 or 503), thrown so that a retrier sees it. */
export class Refused extends Error {
  override readonly name = 'Refused';
  readonly response: Response;

  constructor(response: Response) {
    super(`HTTP ${response.status}`);
    this.response = response;
  }
}

/** Sends, and throws {@link Refused} for 429 and 503: what the documentation of every retrier tells its user to write. */
export async function sendOrRefuse(fetch: Fetch, input: string | URL | Request, init?: RequestInit): Promise<Response> {
  const response = await fetch(copyOf(input), init);
  if (isRefusal(response.status)) throw new Refused(response);
  return response;
}

/**
 * One request as a function that a retrier may call again: each call sends a copy of its own and throws {@link Refused} for 429 and 503. The
 * refusal before it is freed, since nobody will read it any more.
 */
export function attemptOf(
  fetch: Fetch,
  context: Pick<StrategyContext, 'discard'>,
  input: string | URL | Request,
  init?: RequestInit,
): () => Promise<Response> {
  let refused: Response | null = null;
  return async () => {
    if (refused !== null) context.discard?.(refused);
    refused = null;
    try {
      return await sendOrRefuse(fetch, input, init);
    } catch (error) {
      if (error instanceof Refused) refused = error.response;
      throw error;
    }
  };
}

/** The response of what a retrier gave up with; whatever else was thrown is thrown on. */
export function responseOf(error: unknown): Response {
  if (error instanceof Refused) return error.response;
  throw error;
}
