/** What is used of a package that comes without types. */
declare module 'qrate' {
  interface Queue<T, R> {
    push(task: T, callback: (error: unknown, result?: R) => void): void;
  }
  /** `atOnce` tasks under way at once, `rate` starts a second. */
  export default function qrate<T, R>(worker: (task: T) => Promise<R>, atOnce: number, rate: number): Queue<T, R>;
}
