/** What is used of packages that come without types. */

declare module 'async-retry' {
  export default function retry<T>(
    attempt: (bail: (error: unknown) => void, attemptNumber: number) => Promise<T>,
    options?: { retries?: number; minTimeout?: number; randomize?: boolean },
  ): Promise<T>;
}

declare module 'promise-retry' {
  export default function promiseRetry<T>(
    attempt: (retry: (error: unknown) => never, attemptNumber: number) => Promise<T>,
    options?: { retries?: number; minTimeout?: number; randomize?: boolean },
  ): Promise<T>;
}

declare module 'axios-retry-after' {
  export default function retryAfter(instance: unknown): (error: unknown) => Promise<never>;
}

declare module 'opossum' {
  export default class CircuitBreaker<A extends unknown[], R> {
    constructor(
      action: (...parts: A) => Promise<R>,
      options?: {
        timeout?: number | false;
        errorThresholdPercentage?: number;
        resetTimeout?: number;
        volumeThreshold?: number;
      },
    );
    fire(...parts: A): Promise<R>;
  }
}
