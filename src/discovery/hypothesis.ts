/** What one limit may be: a family of counting with its numbers. */
import type { Algorithm } from '../../mock-server/policy.ts';

/** How a limit counts, without how much fits: the capacity follows from the record. */
export type Shape =
  | { readonly kind: 'fixed-window'; readonly windowMs: number; readonly anchor: 'epoch' | 'first-request' }
  | { readonly kind: 'sliding-window-log'; readonly windowMs: number }
  | { readonly kind: 'sliding-window-counter'; readonly windowMs: number }
  /** `stepMs` 0: continuous. */
  | { readonly kind: 'token-bucket'; readonly refillPerSecond: number; readonly stepMs: number }
  | { readonly kind: 'concurrency' };

/** One hypothesis about one limit. */
export interface Hypothesis {
  readonly shape: Shape;
  /** Whether rejected requests charge too. */
  readonly counts: 'admitted' | 'all';
  /** Units that fit. */
  readonly capacity: number;
}

/** The algorithm of the policy schema that a hypothesis is. */
export function algorithmOf({ shape, capacity }: Hypothesis): Algorithm {
  if (shape.kind === 'token-bucket') return { ...shape, capacity };
  return { ...shape, limit: capacity };
}
