/** Decisions as HTTP: status, headers in the platform's own case, bodies as documented (403 and 503 bodies are assumed). */
import { withTier } from './limits/algorithms.ts';
import type { Decision, GatewayRequest, RateSnapshot, Rejected, RenderedResponse } from './gateway.ts';
import type { Algorithm, Limit, Policy } from './policy.ts';

type Header = readonly [name: string, value: string];

const EVERY_RESPONSE: readonly Header[] = [
  ['Strict-Transport-Security', 'max-age=600; includeSubDomains'],
  ['Cache-Control', 'no-cache, no-store, must-revalidate'],
  ['Content-Type', 'application/json'],
];

/** Renders a decision of a gateway of this policy. The same decision and correlation id give the same bytes. */
export function renderResponse(
  policy: Policy,
  request: GatewayRequest,
  decision: Decision,
  correlationId: string,
): RenderedResponse {
  const headers: Header[] = [['ININ-Correlation-Id', correlationId]];
  if (!decision.admitted && decision.retryAfterMs !== null) {
    headers.push(['Retry-After', retryAfterText(decision, decision.retryAfterMs)]);
  }
  if (decision.rate !== null) headers.push(...rateHeaders(policy, decision.rate, decision.nowMs));
  headers.push(...EVERY_RESPONSE);
  if (decision.admitted) return { status: 200, headers, body: '{"ok":true}' };
  const { status } = decision;
  const said = status === 429 ? tooMany(policy, request, decision) : SAID[status];
  return { status, headers, body: errorBody(said, status, correlationId) };
}

/** An answer that no limit decided, in the platform's form; `more` headers may stand beside those that every response has. */
export function renderError(
  correlationId: string,
  status: number,
  said: Said,
  more: readonly Header[] = [],
): RenderedResponse {
  return { ...renderJson(correlationId, status, '', more), body: errorBody(said, status, correlationId) };
}

/** A rendered answer that says something else in the end: its headers stay. */
export function saying(
  { headers }: RenderedResponse,
  correlationId: string,
  status: number,
  { code, message }: Said,
  more: readonly Header[] = [],
): RenderedResponse {
  return { status, headers: [...headers, ...more], body: errorBody({ message, code }, status, correlationId) };
}

/** An answer with the headers that every response has, and a body that is JSON already. */
export function renderJson(
  correlationId: string,
  status: number,
  body: string,
  more: readonly Header[] = [],
): RenderedResponse {
  return { status, headers: [['ININ-Correlation-Id', correlationId], ...more, ...EVERY_RESPONSE], body };
}

function errorBody({ limit, ...words }: Said, status: number, contextId: string): string {
  return JSON.stringify({ ...words, status, contextId, details: [], errors: [], ...(limit ? { limit } : {}) });
}

/** The part of an error body that says what is wrong. */
export interface Said {
  readonly message: string;
  readonly code: string;
  readonly limit?: { readonly key: string; readonly namespace: string; readonly value: number };
}

const SAID: Readonly<Record<403 | 503, Said>> = {
  403: { message: 'You are not authorized to perform the requested action.', code: 'not.authorized' },
  503: { message: 'The service is currently unavailable.', code: 'service.unavailable' },
};

function tooMany(policy: Policy, request: GatewayRequest, decision: Rejected): Said {
  const limit = policy.limits[decision.cause];
  const named = limit === undefined || limit.silent ? null : limit;
  const algorithm = named === null ? null : algorithmFor(named, request.caller.tier);
  const most = algorithm === null ? 0 : mostOf(algorithm);
  const limitPart = named === null ? {} : { limit: limitFor(named, request.caller.tier) };
  if (decision.retryAfterMs !== null) {
    const message = `Rate limit exceeded the maximum. Retry the request in [${Math.ceil(decision.retryAfterMs / 1000)}] seconds`;
    return { message, code: 'too.many.requests.retry.after', ...limitPart };
  }
  // Without Retry-After the platform's text is that of before 2021.
  const windowMs = algorithm !== null && 'windowMs' in algorithm ? algorithm.windowMs : null;
  const within = windowMs === null ? '' : ` [${most}] requests within [${Math.ceil(windowMs / 1000)}] seconds`;
  return { message: `Rate limit exceeded the maximum${within}`, code: 'too.many.requests', ...limitPart };
}

/** A limit as the platform tells it: its key, its namespace, and the number that holds for callers of a tier. */
export function limitFor(limit: Limit, tier: string): { key: string; namespace: string; value: number } {
  return { ...keyOf(limit.name), value: mostOf(algorithmFor(limit, tier)) };
}

function mostOf(algorithm: Algorithm): number {
  return algorithm.kind === 'token-bucket' ? algorithm.capacity : algorithm.limit;
}

function algorithmFor(limit: Limit, tier: string): Algorithm {
  const override = limit.tiers.find((candidate) => candidate.tier === tier);
  return override === undefined ? limit.algorithm : withTier(limit.algorithm, override);
}

/** Names of limits are `namespace/key`, as the platform writes them; `platform.api` where no namespace is given. */
function keyOf(name: string): { key: string; namespace: string } {
  const slash = name.indexOf('/');
  if (slash < 0) return { key: name, namespace: 'platform.api' };
  return { key: name.slice(slash + 1), namespace: name.slice(0, slash) };
}

function retryAfterText(decision: Rejected, afterMs: number): string {
  if (!decision.asHttpDate) return String(Math.ceil(afterMs / 1000));
  return new Date(Math.round((decision.nowMs + afterMs) / 1000) * 1000).toUTCString();
}

function rateHeaders({ headers }: Policy, rate: RateSnapshot, nowMs: number): Header[] {
  const remaining = String(rate.remaining);
  const resetSeconds = String(Math.ceil(rate.resetMs / 1000));
  switch (headers.dialect) {
    case 'none':
      return [];
    case 'x-ratelimit':
      return [
        ['X-RateLimit-Limit', String(rate.limit)],
        ['X-RateLimit-Remaining', remaining],
        ['X-RateLimit-Reset', resetSeconds],
      ];
    case 'x-rate-limit':
      return [
        ['X-Rate-Limit-Remaining', remaining],
        ['X-Rate-Limit-Reset', String(Math.ceil((nowMs - headers.staleMs + rate.resetMs) / 1000))],
      ];
    case 'inin-ratelimit':
  }
  return [
    ['inin-ratelimit-count', String(rate.limit - rate.remaining)],
    ['inin-ratelimit-allowed', String(rate.limit)],
    ['inin-ratelimit-reset', resetSeconds],
  ];
}
