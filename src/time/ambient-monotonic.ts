/**
 * The monotonic clocks: `performance.now()` and `timeOrigin`, `process.hrtime()` and `.bigint()`, `process.uptime()`.
 *
 * None may jump backwards when virtual time is installed, for a library may remember an earlier reading. So each starts at a whole day above
 * both its real reading and its last virtual one. Whole days, because code that counts in windows of the monotonic clock must see the same
 * window borders in every run; exact differences come with the grid of virtual time.
 */
import { performance } from 'node:perf_hooks';
import { ambientHost, type AmbientHost } from './ambient-host.ts';
import type { Patches } from './patches.ts';

const DAY_MS = 86_400_000;
const NS_PER_MS = 1_000_000n;
const GRID_PER_MS = 1024;

const realNow = performance.now.bind(performance);
const realHrtime = process.hrtime;
const realHrtimeBigint = process.hrtime.bigint.bind(process.hrtime);
const realUptime = process.uptime.bind(process);

let startsAtMs = 0;
let performanceBaseMs = 0;
let hrtimeBaseMs = 0;
let lastPerformanceMs = 0;
let lastHrtimeMs = 0;

function now(): number {
  const host = ambientHost();
  return host === null ? realNow() : performanceBaseMs + (host.clock.now() - startsAtMs);
}

function hrtimeNs(): bigint {
  const host = ambientHost();
  if (host === null) return realHrtimeBigint();
  const gridSteps = (hrtimeBaseMs + (host.clock.now() - startsAtMs)) * GRID_PER_MS;
  return (BigInt(Math.floor(gridSteps)) * NS_PER_MS) / BigInt(GRID_PER_MS);
}

function hrtime(previous?: [number, number]): [number, number] {
  if (ambientHost() === null) return realHrtime(previous);
  if (previous !== undefined && !Array.isArray(previous)) return realHrtime(previous); // throws Node's own error
  const ns = hrtimeNs() - (previous === undefined ? 0n : BigInt(previous[0]) * 1_000_000_000n + BigInt(previous[1]));
  const seconds = ns / 1_000_000_000n - (ns % 1_000_000_000n < 0n ? 1n : 0n);
  return [Number(seconds), Number(ns - seconds * 1_000_000_000n)];
}

const virtualHrtime = Object.assign(hrtime, { bigint: hrtimeNs });

function uptime(): number {
  return ambientHost() === null ? realUptime() : now() / 1000;
}

/** Makes the monotonic clocks virtual. Returns a function that notes how far they went, to be called before the clocks are put back. */
export function patchMonotonicClocks(patches: Patches, host: AmbientHost): () => void {
  startsAtMs = host.nowMs;
  performanceBaseMs = dayAbove(Math.max(realNow(), lastPerformanceMs));
  hrtimeBaseMs = dayAbove(Math.max(Number(realHrtimeBigint() / NS_PER_MS), lastHrtimeMs));
  const timeOrigin = startsAtMs - performanceBaseMs;
  patches.value(performance, 'now', now);
  patches.value(performance, 'timeOrigin', timeOrigin);
  patches.value(process, 'hrtime', virtualHrtime);
  patches.value(virtualHrtime, 'bigint', hrtimeNs); // what the code under test does to it ends with the run
  patches.value(process, 'uptime', uptime);
  return () => {
    const elapsedMs = host.nowMs - startsAtMs;
    lastPerformanceMs = performanceBaseMs + elapsedMs;
    lastHrtimeMs = hrtimeBaseMs + elapsedMs;
  };
}

function dayAbove(ms: number): number {
  return Math.ceil((ms + 1) / DAY_MS) * DAY_MS;
}
