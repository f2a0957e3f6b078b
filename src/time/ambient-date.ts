/** A `Date` that knows virtual time. It shares its prototype with the real one, so `instanceof` and dates made before the run stay right. */
import { ambientHost } from './ambient-host.ts';
import type { Patches } from './patches.ts';

const RealDate = Date;

function epochMs(): number {
  const host = ambientHost();
  return host === null ? RealDate.now() : Math.floor(host.clock.now());
}

function VirtualDate(this: unknown, ...parts: unknown[]): unknown {
  if (new.target === undefined) return new RealDate(epochMs()).toString();
  const from = parts.length === 0 ? [epochMs()] : parts;
  return Reflect.construct(RealDate, from, new.target === VirtualDate ? RealDate : new.target);
}

Object.defineProperties(VirtualDate, {
  name: { value: 'Date', configurable: true },
  length: { value: RealDate.length, configurable: true },
  prototype: { value: RealDate.prototype, writable: false, enumerable: false, configurable: false },
  now: { value: epochMs, writable: true, enumerable: false, configurable: true },
  parse: { value: RealDate.parse, writable: true, enumerable: false, configurable: true },
  UTC: { value: RealDate.UTC, writable: true, enumerable: false, configurable: true },
});

/** Makes `Date` virtual, also by way of `new Date(0).constructor`. */
export function patchDate(patches: Patches): void {
  patches.value(globalThis, 'Date', VirtualDate);
  patches.value(RealDate.prototype, 'constructor', VirtualDate);
  // What the code under test does to it ends with the run.
  patches.value(VirtualDate, 'now', epochMs);
}
