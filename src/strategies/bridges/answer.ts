/** What HTTP clients answer with (axios and those made like it), as a WHATWG response. */

/** An answer as axios and the Genesys SDK's clients give it. */
export interface ClientAnswer {
  readonly status: number;
  readonly statusText?: string | undefined;
  /** A plain object, a list of pairs or anything else that lists its own names. */
  readonly headers?: object | undefined;
  /** Text, bytes, or what was parsed from JSON. */
  readonly data?: unknown;
}

/** Statuses whose responses may not have a body. */
export const WITHOUT_BODY = new Set([204, 205, 304]);

/** An answer as a response. */
export function responseOf({ status, statusText, headers, data }: ClientAnswer): Response {
  return new Response(WITHOUT_BODY.has(status) ? null : bodyOf(data), {
    status,
    ...(typeof statusText === 'string' ? { statusText } : {}),
    headers: pairsOf(headers),
  });
}

/**
 * The answer that an error carries (`error.response`), as errors of axios do: what the caller of a fetch would have seen as a response.
 *
 * @throws the error itself where it carries none.
 */
export function answerOf(error: unknown): ClientAnswer {
  const answer = (error as { readonly response?: unknown } | null | undefined)?.response;
  if (isAnswer(answer)) return answer;
  throw error;
}

/** Whether something can be read as an answer: it has a status that a response may have. */
export function isAnswer(value: unknown): value is ClientAnswer {
  const status = (value as { readonly status?: unknown } | null | undefined)?.status;
  return typeof status === 'number' && Number.isInteger(status) && status >= 200 && status <= 599;
}

function pairsOf(headers: object | undefined): [string, string][] {
  if (headers === undefined || headers === null) return [];
  const pairs: Iterable<readonly [string, HeaderValue]> =
    headers instanceof Headers || Array.isArray(headers) ? headers : Object.entries(headers);
  return [...pairs].flatMap(([name, value]): [string, string][] =>
    value === undefined || value === null ? [] : [[name, String(value)]],
  );
}

type HeaderValue = string | number | boolean | readonly string[] | null | undefined;

function bodyOf(data: unknown): BodyInit | null {
  if (data === undefined || data === null) return null;
  if (typeof data === 'string' || data instanceof ArrayBuffer || data instanceof Blob) return data;
  if (ArrayBuffer.isView(data)) return data as NodeJS.ArrayBufferView<ArrayBuffer>;
  return JSON.stringify(data) ?? null;
}
