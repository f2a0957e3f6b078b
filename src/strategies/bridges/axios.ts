/** An axios instance as a fetch: the same instance that a program uses, its network replaced by a fetch. */
import type { AxiosAdapter, AxiosInstance, AxiosResponse, InternalAxiosRequestConfig } from 'axios';
import type { Fetch } from '../strategy.ts';
import { answerOf, responseOf } from './answer.ts';

/** Whether something is an axios instance: known by its shape, as it may come from another copy or version of axios than ours. */
export function isAxios(value: unknown): value is AxiosInstance {
  if ((typeof value !== 'function' && typeof value !== 'object') || value === null) return false;
  const { interceptors, defaults, request } = value as Partial<Record<string, unknown>>;
  return isObject(interceptors) && isObject(defaults) && typeof request === 'function';
}

/**
 * Puts a fetch under an axios instance, where its network was. Interceptors, defaults and plugins stay. axios 1.12 and later is given the fetch
 * for its own fetch adapter; an instance whose axios has none, or that has an adapter of its own choice, gets a small adapter instead.
 */
export function underAxios(instance: AxiosInstance, fetch: Fetch): AxiosInstance {
  const { defaults } = instance;
  const { adapter } = defaults;
  if (adapter === 'fetch' || (Array.isArray(adapter) && adapter.includes('fetch'))) {
    defaults.adapter = 'fetch';
    (defaults as { env?: object }).env = { ...(defaults as { env?: object }).env, fetch, Request, Response };
  } else defaults.adapter = smallAdapter(instance, fetch);
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
      return responseOf(answerOf(error));
    }
  };
}

/** What is needed of an adapter for calls of {@link fetchOfAxios}. A `timeout` is not kept. */
function smallAdapter(instance: AxiosInstance, fetch: Fetch): AxiosAdapter {
  return async (config) => {
    const { method = 'get', headers, data, signal, validateStatus } = config;
    const response = await fetch(instance.getUri(config), {
      method: method.toUpperCase(),
      headers: Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value)])),
      ...(data === undefined || data === null ? {} : { body: data as BodyInit }),
      ...(signal instanceof AbortSignal ? { signal } : {}),
    });
    const isBinary = config.responseType === 'arraybuffer';
    const answer = {
      data: await (isBinary ? response.arrayBuffer() : response.text()),
      status: response.status,
      statusText: response.statusText,
      headers: Object.fromEntries(response.headers),
      config,
      request: {},
    };
    if (typeof validateStatus !== 'function' || validateStatus(answer.status)) return answer;
    throw statusError(answer, config);
  };
}

/** As AxiosError, whose class an instance does not tell. */
function statusError(response: AxiosResponse, config: InternalAxiosRequestConfig): Error {
  const { status } = response;
  return Object.assign(new Error(`Request failed with status code ${status}`), {
    name: 'AxiosError',
    isAxiosError: true,
    code: status < 500 ? 'ERR_BAD_REQUEST' : 'ERR_BAD_RESPONSE',
    status,
    config,
    response,
    request: {},
  });
}

function isObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null;
}
