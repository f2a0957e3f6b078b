/** An HTTP client of the Genesys Cloud SDK for JavaScript (purecloud-platform-client-v2) as a fetch. */
import type { Fetch } from '../strategy.ts';
import { answerOf, type ClientAnswer, isAnswer, responseOf } from './answer.ts';
import { isAxios, underAxios } from './axios.ts';

/** What a subclass of the SDK's `AbstractHttpClient` has; it is known by this shape. */
export interface GenesysHttpClient {
  /** Sends one request; the SDK hands over an `HttpRequestOptions`. Resolves or rejects as axios does. */
  request(options: never): Promise<unknown>;
  /** Called by `setPreHook` and `setPostHook`. */
  enableHooks(): void;
}

/** What a request of the SDK says; the class `HttpRequestOptions` holds the same. */
export interface GenesysRequest {
  readonly url: string;
  /** In capitals. */
  readonly method: string;
  readonly headers: Record<string, string>;
  readonly params?: undefined;
  /** As the SDK hands it over: what is JSON is an object here, and the client writes it. */
  readonly data?: unknown;
  /** Milliseconds; the SDK's default. */
  readonly timeout: number;
}

/** The class `HttpRequestOptions` of the SDK. */
export type GenesysRequestClass = new (
  url: string,
  method: string,
  headers: Record<string, string>,
  params: undefined,
  data: unknown,
  timeout: number,
) => object;

const TIMEOUT_MS = 16_000;

/** Whether something is an HTTP client of the SDK. */
export function isGenesysClient(value: unknown): value is GenesysHttpClient {
  if (typeof value !== 'object' || value === null) return false;
  const { request, enableHooks } = value as Partial<Record<string, unknown>>;
  return typeof request === 'function' && typeof enableHooks === 'function';
}

/**
 * The client as a fetch. The SDK's own `DefaultHttpClient`, and what is derived from it, makes an axios instance of its own: `network` is put
 * under that. Other clients have been given their fetch when they were made, or use the global one.
 *
 * @param requestClass The SDK's `HttpRequestOptions`, which its own client insists on; null: plain objects of the same content.
 */
export function fetchOfGenesys(
  client: GenesysHttpClient,
  network: Fetch,
  requestClass: GenesysRequestClass | null,
): Fetch {
  const own = (client as { readonly _axiosInstance?: unknown })._axiosInstance;
  if (isAxios(own)) underAxios(own, network);
  return async (input, init) => {
    const request = await genesysRequest(new Request(input, init));
    const { url, method, headers, data, timeout } = request;
    const options = requestClass === null ? request : new requestClass(url, method, headers, undefined, data, timeout);
    try {
      return responseOf(checked(await client.request(options as never)));
    } catch (error) {
      return responseOf(answerOf(error));
    }
  };
}

async function genesysRequest(request: Request): Promise<GenesysRequest> {
  const { url, method } = request;
  const headers = Object.fromEntries(request.headers);
  if (request.body === null) return { url, method, headers, timeout: TIMEOUT_MS };
  const text = await request.text();
  const isJson = headers['content-type']?.includes('json') === true;
  return { url, method, headers, data: isJson ? (JSON.parse(text) as unknown) : text, timeout: TIMEOUT_MS };
}

function checked(answer: unknown): ClientAnswer {
  if (isAnswer(answer)) return answer;
  throw new TypeError(
    `Cannot use the answer of a Genesys HTTP client: request() must resolve to an object with a status, as axios does, current value is ${typeof answer}`,
  );
}
