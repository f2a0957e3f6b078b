/** A thread that probes one limiter: whatever its packages keep or change ends with the thread. */
import { parentPort, workerData } from 'node:worker_threads';
import type { LimiterCase } from './cases.ts';
import { probe } from './findings.ts';

parentPort?.postMessage(await probe(workerData as LimiterCase));
