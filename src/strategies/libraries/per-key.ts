/** One instance of a library for each organization, client or token: what its documentation calls "one limiter per key". */
import type { Fetch, Pipeline, RequestIdentity, StrategyContext } from '../strategy.ts';

/** A pipeline that makes one wrapped fetch per key, when the key is first seen. */
export function perKey(
  keyOf: (identity: RequestIdentity) => string,
  make: (fetch: Fetch, context: StrategyContext) => Fetch,
): Pipeline {
  return (fetch, context) => {
    const wrapped = new Map<string, Fetch>();
    return (input, init) => {
      const key = keyOf(context.identify(input, init));
      const known = wrapped.get(key) ?? make(fetch, context);
      wrapped.set(key, known);
      return known(input, init);
    };
  };
}
