import { describe, expect, it } from 'vitest';
import { createGateway, type Admitted } from '../../mock-server/gateway.ts';
import { Oracle } from './oracle.ts';
import { dice, keyedRandom, randomGapMs, randomPolicy, randomRequest, SHAPES, type Shape } from './random-traffic.ts';

/** Seven shapes: a million requests in all. `ORACLE_REQUESTS_PER_SHAPE=1000000 npx vitest run test/oracle/oracle.test.ts` plays a million of each. */
const REQUESTS_PER_SHAPE = Number(process.env['ORACLE_REQUESTS_PER_SHAPE'] ?? 143_000);
const TIMEOUT_MS = 60_000 + REQUESTS_PER_SHAPE;
const REQUESTS_PER_RUN = 130;
const START_MS = Date.UTC(2026, 0, 5, 9);

/** Plays one random policy and traffic against gateway and oracle; gives the first disagreement. */
function disagreement(shape: Shape, seed: number): string | null {
  const next = dice(seed);
  const policy = randomPolicy(next, shape);
  const gateway = createGateway(policy, { random: keyedRandom });
  const oracle = new Oracle(policy);
  const inService: { readonly number: number; readonly admission: Admitted }[] = [];
  const callers = 1 + Math.floor(next() * 8);
  let nowMs = START_MS + Math.floor(next() * 100_000);
  for (let at = 0; at < REQUESTS_PER_RUN; at++) {
    nowMs += randomGapMs(next, nowMs);
    for (let ending = inService.length - 1; ending >= 0; ending--) {
      const one = inService[ending];
      if (one === undefined || one.admission.nowMs + one.admission.serviceMs > nowMs) continue;
      gateway.complete(one.admission, nowMs);
      oracle.end(one.number, nowMs);
      inService.splice(ending, 1);
    }
    const request = randomRequest(next, callers);
    const where = `${shape}, seed ${seed}, request ${at} at ${nowMs}`;
    const said = oracle.ask(request, nowMs);
    if (next() < 0.1 && gateway.wouldAdmit(request, nowMs) !== said.admitted) return `${where}: wouldAdmit`;
    const decision = gateway.decide(request, nowMs);
    if (decision.admitted !== said.admitted)
      return `${where}: oracle ${said.admitted ? 'admits' : said.rejecting.join()}`;
    if (decision.admitted) inService.push({ number: oracle.last, admission: decision });
    else if (!said.rejecting.includes(gateway.causes[decision.cause] ?? '')) return `${where}: cause`;
  }
  return null;
}

describe('limits', () => {
  it.each(SHAPES)(
    `%s agrees with the oracle on ${REQUESTS_PER_SHAPE} random requests`,
    { timeout: TIMEOUT_MS },
    (shape) => {
      const found: string[] = [];
      let asked = 0;
      const runs = Math.ceil(REQUESTS_PER_SHAPE / REQUESTS_PER_RUN);
      for (let run = 0; run < runs; run++) {
        asked += REQUESTS_PER_RUN;
        const one = disagreement(shape, SHAPES.indexOf(shape) * 100_000 + run);
        if (one !== null) found.push(one);
      }
      expect(found).toEqual([]);
      expect(asked).toBeGreaterThanOrEqual(Math.max(1, REQUESTS_PER_SHAPE));
    },
  );
});
