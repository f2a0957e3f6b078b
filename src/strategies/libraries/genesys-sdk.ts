import type { Fetch, StrategyContext } from '../strategy.ts';
import { defineLibrary } from './library.ts';
import { partsOf, type RequestParts, responseFrom } from './parts.ts';

/** The official SDK, with its network replaced through the door that it has for that. It never tries again. */
export const genesysSdk = defineLibrary({
  name: 'genesys-sdk',
  title: 'Genesys JavaScript SDK',
  family: 'reacts',
  packages: ['purecloud-platform-client-v2'],
  what: 'The Genesys Cloud JavaScript SDK as it is: no retry, a 429 rejects at once. With extended responses the rejection keeps its headers, so that a layer around it can obey Retry-After.',
  when: 'Inside a retrying layer. Alone it loses every job that is refused. Its own timeout of 16 s gives up a slower call, which no retry on 429 sees.',
  parameters: {},
  references: ['https://developer.genesys.cloud/devapps/sdk/docexplorer/purecloudjavascript/'],
  example: 'retry-after+genesys-sdk',
  load: async () => {
    const { default: sdk } = (await import('purecloud-platform-client-v2')) as unknown as { default: GenesysSdk };
    return sdk;
  },
  around: (sdk) => (fetch, context) => {
    const clientByOrigin = new Map<string, ApiClient>();
    return async (input, init) => {
      const request = await partsOf(input, init);
      const { origin } = new URL(request.url);
      const client = clientByOrigin.get(origin) ?? clientOf(sdk, origin, clientOverFetch(sdk, fetch, context));
      clientByOrigin.set(origin, client);
      return call(client, request);
    };
  },
});

/** What is used of the SDK; its own types leave these classes out. */
interface GenesysSdk {
  readonly ApiClientClass: new () => ApiClient;
  readonly AbstractHttpClient: new () => object;
}

interface ApiClient {
  readonly config: { live_reload_config: boolean };
  setGateway(gateway: object): void;
  setReturnExtendedResponses(isExtended: boolean): void;
  setHttpClient(client: object): void;
  callApi(...call: readonly unknown[]): Promise<ExtendedResponse>;
}

/** What `setReturnExtendedResponses(true)` resolves and, for statuses that are errors, rejects with. */
interface ExtendedResponse {
  readonly status: number;
  readonly statusText: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly text: string;
}

/** What the SDK hands to its HTTP client. */
interface HttpRequestOptions {
  readonly url: string;
  readonly method: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** What {@link call} handed over. */
  readonly data?: Uint8Array<ArrayBuffer>;
  readonly timeout: number;
}

/** A client of its own, not the singleton. */
function clientOf(sdk: GenesysSdk, origin: string, http: object): ApiClient {
  const { protocol, hostname, port } = new URL(origin);
  const client = new sdk.ApiClientClass();
  // It would watch a file in the user's home.
  client.config.live_reload_config = false;
  client.setGateway({
    protocol: protocol.slice(0, -1),
    host: hostname,
    port: port === '' ? -1 : Number(port),
    path_params_login: '/login',
    path_params_api: '',
  });
  client.setReturnExtendedResponses(true);
  client.setHttpClient(http);
  return client;
}

/** An HTTP client of the SDK over a fetch; as with its own one, statuses outside 200-299 and timeouts are errors. */
function clientOverFetch(sdk: GenesysSdk, fetch: Fetch, { clock }: StrategyContext): object {
  return new (class extends sdk.AbstractHttpClient {
    enableHooks(): void {}

    async request({ url, method, headers, data, timeout }: HttpRequestOptions): Promise<ExtendedResponse> {
      const controller = new AbortController();
      const timer = clock.setTimer(() => controller.abort(new Error(`timeout of ${timeout}ms exceeded`)), timeout);
      try {
        const response = await fetch(url, {
          method,
          headers: { ...headers },
          body: data ?? null,
          signal: controller.signal,
        });
        const answer = {
          status: response.status,
          statusText: response.statusText,
          headers: Object.fromEntries(response.headers),
          text: await response.text(),
        };
        if (response.ok) return answer;
        throw Object.assign(new Error(`Request failed with status code ${response.status}`), { response: answer });
      } finally {
        clock.clearTimer(timer);
      }
    }
  })();
}

/** One call by the SDK's low-level method; paths and headers as they are. */
async function call(client: ApiClient, { url, method, headers, body }: RequestParts): Promise<Response> {
  const { pathname, search } = new URL(url);
  const { 'content-type': contentType, ...others } = headers;
  const types = contentType === undefined ? [] : [contentType];
  const path = pathname + search;
  try {
    return responseOf(await client.callApi(path, method, {}, {}, others, {}, body, [], types, []));
  } catch (error) {
    if (typeof error === 'object' && error !== null && 'status' in error) return responseOf(error as ExtendedResponse);
    throw error;
  }
}

function responseOf({ status, statusText, headers, text }: ExtendedResponse): Response {
  return responseFrom({ status, statusText, headers, body: text });
}
