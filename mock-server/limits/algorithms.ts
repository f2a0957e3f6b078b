import type { Algorithm, TierOverride } from '../policy.ts';
import { Concurrency } from './concurrency.ts';
import { FixedWindow } from './fixed-window.ts';
import type { Bucket } from './limit.ts';
import { SlidingWindowCounter } from './sliding-window-counter.ts';
import { SlidingWindowLog } from './sliding-window-log.ts';
import { TokenBucket } from './token-bucket.ts';

/** A fresh bucket of an algorithm. */
export function createBucket(algorithm: Algorithm): Bucket {
  switch (algorithm.kind) {
    case 'fixed-window':
      return new FixedWindow(algorithm.limit, algorithm.windowMs, algorithm.anchor);
    case 'sliding-window-log':
      return new SlidingWindowLog(algorithm.limit, algorithm.windowMs);
    case 'sliding-window-counter':
      return new SlidingWindowCounter(algorithm.limit, algorithm.windowMs);
    case 'token-bucket':
      return new TokenBucket(algorithm.capacity, algorithm.refillPerSecond, algorithm.stepMs);
    case 'concurrency':
  }
  return new Concurrency(algorithm.limit);
}

/** The algorithm with a tier's numbers in place. */
export function withTier(algorithm: Algorithm, override: TierOverride): Algorithm {
  if (algorithm.kind !== 'token-bucket') return { ...algorithm, limit: override.limit ?? algorithm.limit };
  return {
    ...algorithm,
    capacity: override.limit ?? algorithm.capacity,
    refillPerSecond: override.refillPerSecond ?? algorithm.refillPerSecond,
  };
}
