/** An axios instance as a fetch: the same instance that a program uses, its network replaced by a fetch. */
import type { AxiosInstance, AxiosResponse } from 'axios';
import type { Fetch } from '../strategy.ts';

/** Puts a fetch under an axios instance (1.12 or later), where its network was. Interceptors, defaults and plugins stay. */
export function underAxios(instance: AxiosInstance, fetch: Fetch): AxiosInstance {
  instance.defaults.adapter = 'fetch';
  (instance.defaults as { env?: object }).env = { fetch, Request, Response };
  return instance;
}

/**
 * An axios instance as a fetch. Statuses that axios throws for come back as responses, so that whoever stands around it sees what a fetch would
 * show; errors without a response are thrown on.
 */
export function fetchOfAxios(instance: AxiosInstance): Fetch {
  return async (input, init) => {
    const request = new Request(input, init);
    try {
      return responseOf(
        await instance.request<ArrayBuffer>({
          url: request.url,
          method: request.method,
          headers: Object.fromEntries(request.headers),
          ...(request.body === null ? {} : { data: await request.arrayBuffer() }),
          responseType: 'arraybuffer',
          signal: request.signal,
        }),
      );
    } catch (error) {
      const { response } = error as { response?: AxiosResponse<ArrayBuffer> };
      if (response === undefined) throw error;
      return responseOf(response);
    }
  };
}

/** Statuses whose responses may not have a body. */
const WITHOUT_BODY = new Set([204, 205, 304]);

function responseOf({ status, statusText, headers, data }: AxiosResponse<ArrayBuffer>): Response {
  const pairs = Object.entries(headers).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, String(value)]],
  );
  return new Response(WITHOUT_BODY.has(status) ? null : data, {
    status,
    statusText,
    headers: Object.fromEntries(pairs) as Record<string, string>,
  });
}
