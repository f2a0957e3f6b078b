/** Decisions as HTTP: status, headers in the platform's own case, bodies as documented (403 and 503 bodies are assumed). */
import { withTier } from './limits/algorithms.ts';
import type { Decision, GatewayRequest, KeyedRandom, RateSnapshot, Rejected, RenderedResponse } from './gateway.ts';
import type { Algorithm, Limit, Policy } from './policy.ts';

type Header = readonly [name: string, value: string];

const EVERY_RESPONSE: readonly Header[] = [
  ['Strict-Transport-Security', 'max-age=600; includeSubDomains'],
  ['Cache-Control', 'no-cache, no-store, must-revalidate'],
  ['Content-Type', 'application/json'],
];

/** Renders a decision of a gateway of this policy. The same decision gives the same bytes. */
export function renderResponse(
  policy: Policy,
  random: KeyedRandom,
  request: GatewayRequest,
  decision: Decision,
): RenderedResponse {
  const correlationId = uuid(random, 'sequence' in decision ? Number(decision.sequence) : 0);
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

/** An answer that no limit decided, in the platform's form: `number` makes its correlation id, from a stream of its own. */
export function renderError(random: KeyedRandom, number: number, status: number, said: Said): RenderedResponse {
  const correlationId = uuid((_, part, index) => random('error-correlation-id', part, index), number);
  const headers: Header[] = [['ININ-Correlation-Id', correlationId], ...EVERY_RESPONSE];
  return { status, headers, body: errorBody(said, status, correlationId) };
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
  const most = algorithm === null ? 0 : algorithm.kind === 'token-bucket' ? algorithm.capacity : algorithm.limit;
  const limitPart = named === null ? {} : { limit: { ...keyOf(named.name), value: most } };
  if (decision.retryAfterMs !== null) {
    const message = `Rate limit exceeded the maximum. Retry the request in [${Math.ceil(decision.retryAfterMs / 1000)}] seconds`;
    return { message, code: 'too.many.requests.retry.after', ...limitPart };
  }
  // Without Retry-After the platform's text is that of before 2021.
  const windowMs = algorithm !== null && 'windowMs' in algorithm ? algorithm.windowMs : null;
  const within = windowMs === null ? '' : ` [${most}] requests within [${Math.ceil(windowMs / 1000)}] seconds`;
  return { message: `Rate limit exceeded the maximum${within}`, code: 'too.many.requests', ...limitPart };
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

/** A version 4 uuid, a function of the seed and the decision's number. */
function uuid(random: KeyedRandom, sequence: number): string {
  const digits = ['a', 'b', 'c']
    .map((part) =>
      Math.floor(random('correlation-id', part, sequence) * 2 ** 48)
        .toString(16)
        .padStart(12, '0'),
    )
    .join('');
  const variant = ((Number.parseInt(digits[15] ?? '0', 16) & 3) | 8).toString(16);
  return [
    digits.slice(0, 8),
    digits.slice(8, 12),
    `4${digits.slice(12, 15)}`,
    `${variant}${digits.slice(16, 19)}`,
    digits.slice(19, 31),
  ].join('-');
}
