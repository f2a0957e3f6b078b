/** The package has no types of its own. Shapes after its README. */
declare module 'stopcock' {
  export interface StopcockOptions {
    readonly limit?: number;
    /** Milliseconds. */
    readonly interval?: number;
    readonly bucketSize?: number;
    readonly queueSize?: number;
  }

  export default function stopcock<A extends unknown[], R>(
    limited: (...values: A) => Promise<R>,
    options?: StopcockOptions,
  ): (...values: A) => Promise<R>;
}
