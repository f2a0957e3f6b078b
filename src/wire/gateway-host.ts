/** The gateways of one gateway process: each behind a port of its own, each with the log of its decisions. */
import { type HttpServer, serve } from '../../mock-server/http-server.ts';
import { createPlatform, type Platform } from '../../mock-server/platform.ts';
import { createRandomSource } from '../random/keyed-random.ts';
import type { GatewayTime } from '../../mock-server/time.ts';
import { createScaledTime } from '../time/scaled-time.ts';
import { ATTEMPT_HEADER, type DecisionLog, type GatewayOrder } from './messages.ts';

/** A gateway that listens. */
export interface HostedGateway {
  readonly url: string;
  readonly causes: readonly string[];
  /** Closes it and hands over what it did. */
  close(): Promise<DecisionLog>;
}

/** What is left of a trial after its end is cut off: nobody waits for it. */
const GRACE_MS = 0;

/** Opens a gateway on a free port of loopback. Rejects when there is none. */
export async function openGateway(order: GatewayOrder): Promise<HostedGateway> {
  const { policy, seed, callers, startsAtMs, speed, originMs } = order;
  const dice = createRandomSource(seed);
  const time = createScaledTime({ startsAtMs, speed, originMs, precise: true });
  const log = new Log();
  const platform = createPlatform({
    policy,
    random: (stream, entity, index) => dice.at(stream, entity, index),
    time: log.dating(time),
    callers,
    resources: false,
  });
  const server: HttpServer = await serve(log.of(platform));
  return {
    url: server.url,
    causes: platform.gateway.causes,
    async close() {
      await server.close(GRACE_MS);
      time.stop();
      return log.rows();
    },
  };
}

/** Writes down every decision, under the number of its attempt. */
class Log implements DecisionLog {
  readonly attempt: number[] = [];
  readonly status: number[] = [];
  readonly cause: number[] = [];
  readonly decidedMs: number[] = [];
  readonly dueMs: number[] = [];
  /** The request that is being handed over: a decision is made, and its answer scheduled, before `handle` returns. */
  #atHand = { attempt: -1, row: -1 };

  /** The same time; notes when the answer to the request at hand is due. */
  dating(time: GatewayTime): GatewayTime {
    const note = (dueMs: number) => {
      if (this.#atHand.row >= 0) this.dueMs[this.#atHand.row] = dueMs;
    };
    return {
      get nowMs() {
        return time.nowMs;
      },
      scheduleAt(dueMs, callback, argument) {
        note(dueMs);
        return time.scheduleAt(dueMs, callback, argument);
      },
    };
  }

  /** The same platform, with its decisions written down. */
  of(platform: Platform): Platform {
    platform.listen(({ nowMs, status, cause }) => {
      this.#atHand.row = this.attempt.push(this.#atHand.attempt) - 1;
      this.status.push(status);
      this.cause.push(cause);
      this.decidedMs.push(nowMs);
      this.dueMs.push(nowMs);
    });
    const handle: Platform['handle'] = (request, answer) => {
      this.#atHand = { attempt: Number(request.headers[ATTEMPT_HEADER] ?? -1), row: -1 };
      const exchange = platform.handle(request, answer);
      this.#atHand = { attempt: -1, row: -1 };
      return exchange;
    };
    return new Proxy(platform, {
      get(target, key) {
        if (key === 'handle') return handle;
        const value: unknown = Reflect.get(target, key, target);
        return typeof value === 'function' ? (value.bind(target) as unknown) : value;
      },
    });
  }

  /** Its columns alone. */
  rows(): DecisionLog {
    const { attempt, status, cause, decidedMs, dueMs } = this;
    return { attempt, status, cause, decidedMs, dueMs };
  }
}
