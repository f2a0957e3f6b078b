import { inspect } from 'node:util';
import { describe, expect, test, vi } from 'vitest';
import type { Gateway, RenderedResponse } from '../../mock-server/gateway.ts';
import { createGateway } from '../../mock-server/gateway.ts';
import { parsePolicy } from '../../mock-server/policy.ts';
import { sender } from '../workload/create-workload.ts';
import { lazyResponse } from './lazy-response.ts';

const NOW_MS = Date.UTC(2026, 0, 5, 9);
const URL = 'https://gateway.invalid/api/v2/users';
const request = { caller: sender({ org: 'acme' }), method: 'GET', path: '/api/v2/users', items: 1, requestId: '' };
const rejected = {
  admitted: false,
  status: 429,
  cause: 0,
  retryAfterMs: 2500,
  asHttpDate: false,
  rate: null,
  nowMs: NOW_MS,
} as const;

const RENDERED: RenderedResponse = {
  status: 429,
  headers: [
    ['Content-Type', 'application/json'],
    ['Retry-After', '3'],
    ['X-Twice', 'a'],
    ['X-Twice', 'b'],
  ],
  body: '{"code":"too.many.requests","text":"größer"}',
};

function fakeGateway(rendered = RENDERED) {
  const render = vi.fn<Gateway['render']>(() => rendered);
  return { render, gateway: { render } as unknown as Gateway };
}

function lazy(): Response {
  return lazyResponse(fakeGateway().gateway, request, rejected, URL);
}

function real(): Response {
  const { status, headers, body } = RENDERED;
  return new Response(body, { status, headers: headers.map(([name, value]): [string, string] => [name, value]) });
}

/** What fetch's standard says of every response: the same assertions for ours and for Node's own. */
describe.each([
  ['lazy response', lazy],
  ['real Response', real],
])('%s', (_, make) => {
  test('is a Response with Headers', () => {
    const response = make();
    expect(response).toBeInstanceOf(Response);
    expect(response.headers).toBeInstanceOf(Headers);
    expect(Object.prototype.toString.call(response)).toBe('[object Response]');
    expect(Object.prototype.toString.call(response.headers)).toBe('[object Headers]');
  });

  test('status, ok and redirected tell the outcome', () => {
    const { status, ok, redirected } = make();
    expect({ status, ok, redirected }).toEqual({ status: 429, ok: false, redirected: false });
  });

  test('headers.get has no case, joins doubles, gives null for absent ones and refuses what is no name', () => {
    const { headers } = make();
    expect(headers.get('RETRY-after')).toBe('3');
    expect(headers.get('retry-after')).toBe('3');
    expect(headers.get('x-twice')).toBe('a, b');
    expect(headers.get('x-absent')).toBeNull();
    expect(() => headers.get('not a name')).toThrow(TypeError);
    expect(headers.has('X-TWICE')).toBe(true);
    expect(headers.has('x-absent')).toBe(false);
  });

  test('headers are iterated in order, in lower case', () => {
    const pairs = [
      ['content-type', 'application/json'],
      ['retry-after', '3'],
      ['x-twice', 'a, b'],
    ];
    const { headers } = make();
    expect([...headers]).toEqual(pairs);
    expect([...headers.entries()]).toEqual(pairs);
    expect([...headers.keys()]).toEqual(pairs.map(([name]) => name));
    expect([...headers.values()]).toEqual(pairs.map(([, value]) => value));
    const seen: string[][] = [];
    headers.forEach((value, name, parent) => seen.push([name, value, String(parent === headers)]));
    expect(seen).toEqual(pairs.map((pair) => [...pair, 'true']));
    expect(headers.getSetCookie()).toEqual([]);
  });

  test('headers can be copied into new ones', () => {
    expect([...new Headers(make().headers)]).toEqual([...make().headers]);
    expect(new Response(null, { headers: make().headers }).headers.get('retry-after')).toBe('3');
  });

  test('text, json, arrayBuffer, blob and bytes give the body', async () => {
    const bytes = new TextEncoder().encode(RENDERED.body);
    expect(await make().text()).toBe(RENDERED.body);
    expect(await make().json()).toEqual(JSON.parse(RENDERED.body));
    expect(new Uint8Array(await make().arrayBuffer())).toEqual(bytes);
    expect(await (await make().blob()).text()).toBe(RENDERED.body);
  });

  test('formData of JSON is a TypeError', async () => {
    await expect(make().formData()).rejects.toThrow(TypeError);
  });

  test.each(['text', 'json', 'arrayBuffer', 'blob'] as const)('a body is used once, after %s', async (how) => {
    const response = make();
    expect(response.bodyUsed).toBe(false);
    await response[how]();
    expect(response.bodyUsed).toBe(true);
    await expect(response.text()).rejects.toThrow(TypeError);
    await expect(response.json()).rejects.toThrow(TypeError);
    await expect(response.arrayBuffer()).rejects.toThrow(TypeError);
    expect(() => response.clone()).toThrow(TypeError);
    expect(() => new Response(response.body)).toThrow(TypeError);
  });

  test('bodyUsed is true as soon as reading begins', async () => {
    const response = make();
    const text = response.text();
    expect(response.bodyUsed).toBe(true);
    await text;
  });

  test('body is a stream that can be passed on', async () => {
    const response = make();
    expect(response.body).toBeInstanceOf(ReadableStream);
    expect(response.body).toBe(response.body);
    const { status, headers } = response;
    const copy = new Response(response.body, { status, headers });
    expect(await copy.json()).toEqual(JSON.parse(RENDERED.body));
    expect(response.bodyUsed).toBe(true);
    await expect(response.text()).rejects.toThrow(TypeError);
  });

  test('body can be cancelled', async () => {
    const response = make();
    await response.body?.cancel();
    expect(response.bodyUsed).toBe(true);
  });

  test('a locked body cannot be read', async () => {
    const response = make();
    response.body?.getReader();
    await expect(response.text()).rejects.toThrow(TypeError);
    expect(() => response.clone()).toThrow(TypeError);
  });

  test('clone is read apart, whichever is read first', async () => {
    const response = make();
    const clone = response.clone();
    expect(clone).toBeInstanceOf(Response);
    expect(clone.status).toBe(429);
    expect(await response.text()).toBe(RENDERED.body);
    expect(clone.bodyUsed).toBe(false);
    expect(clone.headers.get('retry-after')).toBe('3');
    expect(await clone.text()).toBe(RENDERED.body);
  });

  test('clone of a response whose body was looked at is read apart', async () => {
    const response = make();
    expect(response.body).not.toBeNull();
    const clone = response.clone();
    expect(await clone.text()).toBe(RENDERED.body);
    expect(await response.text()).toBe(RENDERED.body);
  });

  test('takes properties of its reader, as clients add some', () => {
    const response = make() as Response & { data?: number };
    response.data = 1;
    expect(response.data).toBe(1);
  });

  test('status cannot be assigned', () => {
    expect(() => Object.assign(make(), { status: 200 })).toThrow(TypeError);
  });
});

describe('lazy response', () => {
  test('builds nothing for status, ok and Retry-After', () => {
    const { gateway, render } = fakeGateway();
    const response = lazyResponse(gateway, request, rejected, URL);
    expect([response.status, response.ok, response.headers.get('Retry-After')]).toEqual([429, false, '3']);
    expect(render).not.toHaveBeenCalled();
    expect(response.headers.get('x-twice')).toBe('a, b');
    void response.text();
    expect(render).toHaveBeenCalledTimes(1);
  });

  test('is rendered once for all its clones', async () => {
    const { gateway, render } = fakeGateway();
    const response = lazyResponse(gateway, request, rejected, URL);
    await Promise.all([response.clone().text(), response.clone().json(), response.text()]);
    expect(render).toHaveBeenCalledTimes(1);
  });

  test('says what a response of fetch says beyond a made one', () => {
    const { url, type, statusText } = lazy();
    expect({ url, type, statusText }).toEqual({ url: URL, type: 'basic', statusText: 'Too Many Requests' });
  });

  test('headers are immutable, as those of fetch are', () => {
    const { headers } = lazy();
    expect(() => headers.set('a', 'b')).toThrow(TypeError);
    expect(() => headers.append('a', 'b')).toThrow(TypeError);
    expect(() => headers.delete('retry-after')).toThrow(TypeError);
  });

  test('bytes gives the body', async () => {
    expect(await lazy().bytes()).toEqual(new TextEncoder().encode(RENDERED.body));
  });

  test('a status without body has none', async () => {
    const { gateway } = fakeGateway({ status: 204, headers: [], body: '' });
    const response = lazyResponse(gateway, request, rejected, URL);
    expect(response.body).toBeNull();
    expect(await response.text()).toBe('');
  });

  test('can be printed', () => {
    expect(inspect(lazy())).toContain('status: 429');
    expect(inspect(lazy().headers)).toContain("'retry-after': '3'");
  });

  test.each([
    ['exact', { kind: 'exact' }],
    ['absent', { kind: 'absent' }],
    ['fixed', { kind: 'fixed', afterMs: 7000 }],
    ['uniform', { kind: 'uniform', fromMs: 1000, toMs: 30_000 }],
    ['http-date', { kind: 'http-date' }],
  ])('Retry-After without rendering is what the gateway renders: %s', (_, retryAfter) => {
    const algorithm = { kind: 'fixed-window', limit: 1, windowMs: 60_000, anchor: 'epoch' };
    const policy = parsePolicy({ name: 'one', limits: [{ name: 'one', algorithm, retryAfter }] });
    const gateway = createGateway(policy, { random: () => 0.37 });
    gateway.decide(request, NOW_MS + 1234.5);
    const decision = gateway.decide(request, NOW_MS + 2345.75);
    const rendered = gateway.render(request, decision).headers.find(([name]) => name.toLowerCase() === 'retry-after');
    expect(decision.admitted).toBe(false);
    expect(lazyResponse(gateway, request, decision, URL).headers.get('retry-after')).toBe(rendered?.[1] ?? null);
  });
});
