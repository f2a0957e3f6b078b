/**
 * What defying a rejection leads to. A strike is a matching request that arrives before the time that the last 429 of its key told.
 * Each strike puts the highest stage that the strikes in memory reach into force, for that stage's whole duration from then on.
 */
import { bucketKey } from './buckets.ts';
import type { Caller, GatewayRequest } from './gateway.ts';
import type { Route } from './matching.ts';
import type { Penalty, PenaltyStage, Policy } from './policy.ts';

/** A stage in force. */
export interface Block {
  readonly penalty: number;
  readonly stage: PenaltyStage;
  /** Index of the stage among the policy's causes. */
  readonly cause: number;
  readonly untilMs: number;
}

/** One key's record under one penalty. */
class StrikeRecord {
  toldUntilMs = Number.NEGATIVE_INFINITY;
  /** Newest last; never more than the highest stage asks for. */
  readonly strikesMs: number[] = [];

  isIdle(penalty: Penalty, nowMs: number): boolean {
    const newest = this.strikesMs.at(-1) ?? Number.NEGATIVE_INFINITY;
    return nowMs >= this.toldUntilMs - penalty.graceMs && nowMs - newest >= penalty.memoryMs;
  }
}

/** The penalties of a policy, at work. */
export class Penalties {
  readonly #penalties: readonly Penalty[];
  readonly #records: readonly Map<string, StrikeRecord>[];
  readonly #firstCause: readonly number[];
  readonly #blockedOrgs = new Map<string, Block>();
  readonly #bannedIps = new Map<string, Block>();

  constructor(policy: Policy) {
    this.#penalties = policy.penalties;
    this.#records = policy.penalties.map(() => new Map());
    let cause = policy.limits.length;
    this.#firstCause = policy.penalties.map(({ stages }) => (cause += stages.length) - stages.length);
  }

  /** Notes the strike that this request may be, and gives the stage that rejects it; null: none does. */
  judge(request: GatewayRequest, route: Route, nowMs: number): Block | null {
    const before = this.blockOf(request.caller, nowMs);
    for (const [index, penalty] of this.#penalties.entries()) {
      if (route.penalties[index] !== true || (before !== null && !penalty.extends)) continue;
      const record = this.#records[index]?.get(bucketKey(penalty.scope, request.caller, routeKey(request)));
      if (record !== undefined && defies(record, penalty, before !== null, nowMs)) {
        this.#strike(record, index, request.caller, nowMs);
      }
    }
    return this.blockOf(request.caller, nowMs);
  }

  /** Whether {@link judge} would reject now. */
  wouldReject(request: GatewayRequest, route: Route, nowMs: number): boolean {
    if (this.blockOf(request.caller, nowMs) !== null) return true;
    return this.#penalties.some((penalty, index) => {
      if (route.penalties[index] !== true) return false;
      const record = this.#records[index]?.get(bucketKey(penalty.scope, request.caller, routeKey(request)));
      if (record === undefined || !defies(record, penalty, false, nowMs)) return false;
      const remembered = record.strikesMs.filter((strikeMs) => nowMs - strikeMs < penalty.memoryMs).length;
      return remembered + 1 >= (penalty.stages[0]?.afterStrikes ?? Number.POSITIVE_INFINITY);
    });
  }

  /** Remembers what a 429 told. */
  told(request: GatewayRequest, route: Route, untilMs: number, nowMs: number): void {
    for (const [index, penalty] of this.#penalties.entries()) {
      const records = this.#records[index];
      if (route.penalties[index] !== true || records === undefined) continue;
      const key = bucketKey(penalty.scope, request.caller, routeKey(request));
      let record = records.get(key);
      if (record === undefined) {
        sweep(records, penalty, nowMs);
        records.set(key, (record = new StrikeRecord()));
      } else {
        // To the end: the sweep looks at the front.
        records.delete(key);
        records.set(key, record);
      }
      record.toldUntilMs = untilMs;
    }
  }

  /** The stage in force against a caller: a ban of its ip before a block of its org. */
  blockOf(caller: Caller, nowMs: number): Block | null {
    return inForce(this.#bannedIps, caller.ip, nowMs) ?? inForce(this.#blockedOrgs, caller.org, nowMs);
  }

  #strike(record: StrikeRecord, index: number, caller: Caller, nowMs: number): void {
    const penalty = this.#penalties[index];
    const firstCause = this.#firstCause[index];
    if (penalty === undefined || firstCause === undefined) return;
    const strikes = record.strikesMs;
    strikes.push(nowMs);
    const most = penalty.stages.at(-1)?.afterStrikes ?? 0;
    while (strikes.length > most || nowMs - (strikes[0] ?? nowMs) >= penalty.memoryMs) strikes.shift();
    const at = penalty.stages.findLastIndex((stage) => strikes.length >= stage.afterStrikes);
    const stage = penalty.stages[at];
    if (stage === undefined) return;
    const banned = stage.effect === 'ip-ban';
    const block = { penalty: index, stage, cause: firstCause + at, untilMs: nowMs + stage.durationMs };
    impose(banned ? this.#bannedIps : this.#blockedOrgs, banned ? caller.ip : caller.org, block, nowMs);
  }
}

/** Puts a stage into force. One in force stays when it ends later, unless the new one is a higher stage of the same penalty. */
function impose(blocks: Map<string, Block>, key: string, block: Block, nowMs: number): void {
  const other = inForce(blocks, key, nowMs);
  const higher = other?.penalty === block.penalty && block.cause > other.cause;
  if (other === null || higher || block.untilMs >= other.untilMs) blocks.set(key, block);
}

/** During a stage every request counts, whatever was told. */
function defies(record: StrikeRecord, penalty: Penalty, blocked: boolean, nowMs: number): boolean {
  return blocked || nowMs < record.toldUntilMs - penalty.graceMs;
}

/** The `route` scope of a penalty counts by method and path. */
function routeKey(request: GatewayRequest): string {
  return `${request.method} ${request.path}`;
}

function inForce(blocks: Map<string, Block>, key: string, nowMs: number): Block | null {
  if (blocks.size === 0) return null;
  const block = blocks.get(key);
  if (block === undefined) return null;
  if (nowMs < block.untilMs) return block;
  blocks.delete(key);
  return null;
}

/** Forgets up to two records at the front that no longer matter. */
function sweep(records: Map<string, StrikeRecord>, penalty: Penalty, nowMs: number): void {
  let looked = 0;
  for (const [key, record] of records) {
    if (looked++ === 2) return;
    if (record.isIdle(penalty, nowMs)) records.delete(key);
  }
}
