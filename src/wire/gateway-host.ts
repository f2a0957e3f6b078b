/** The gateways of one gateway process: each behind a port of its own, each with the log of its decisions. */
import { type HttpServer, serve } from '../../mock-server/http-server.ts';
import { createPlatform, type Platform } from '../../mock-server/platform.ts';
import { createRandomSource } from '../random/keyed-random.ts';
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
  const platform = createPlatform({
    policy,
    random: (stream, entity, index) => dice.at(stream, entity, index),
    time,
    callers,
    resources: false,
  });
  const log = new Log();
  const server: HttpServer = await serve(logged(platform, log));
  return {
    url: server.url,
    causes: platform.gateway.causes,
    async close() {
      await server.close(GRACE_MS);
      time.stop();
      return log;
    },
  };
}

class Log implements DecisionLog {
  readonly attempt: number[] = [];
  readonly status: number[] = [];
  readonly cause: number[] = [];
  readonly decidedMs: number[] = [];
  readonly answeredMs: (number | null)[] = [];
}

/** The platform, with every decision written down under the number of its attempt. */
function logged(platform: Platform, log: Log): Platform {
  // A decision is made while its request is handed over, so the request at hand is the decided one.
  let atHand = { attempt: -1, row: -1 };
  platform.listen(({ nowMs, status, cause }) => {
    atHand.row = log.attempt.length;
    log.attempt.push(atHand.attempt);
    log.status.push(status);
    log.cause.push(cause);
    log.decidedMs.push(nowMs);
    log.answeredMs.push(null);
  });
  const handle: Platform['handle'] = (request, answer) => {
    const own = { attempt: Number(request.headers[ATTEMPT_HEADER] ?? -1), row: -1 };
    atHand = own;
    return platform.handle(request, (response) => {
      if (own.row >= 0) log.answeredMs[own.row] = platform.time.nowMs;
      answer(response);
    });
  };
  return new Proxy(platform, {
    get(target, key) {
      if (key === 'handle') return handle;
      const value: unknown = Reflect.get(target, key, target);
      return typeof value === 'function' ? (value.bind(target) as unknown) : value;
    },
  });
}
