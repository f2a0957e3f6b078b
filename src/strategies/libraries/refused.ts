/** For retriers that retry what throws: a refusal as an error, and the response again where a caller of fetch expects one. */
import type { Fetch } from '../strategy.ts';

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
  const response = await fetch(input, init);
  if (response.status === 429 || response.status === 503) throw new Refused(response);
  return response;
}

/** The response of what a retrier gave up with; whatever else was thrown is thrown on. */
export function responseOf(error: unknown): Response {
  if (error instanceof Refused) return error.response;
  throw error;
}
