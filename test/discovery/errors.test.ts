/** Unrelated errors: what they mean is told at a full limit, and the record is read so. */
import { describe, expect, it } from 'vitest';
import { errorsAt, settleErrors } from '../../src/discovery/noise/read-errors.ts';
import { Prober } from '../../src/discovery/prober.ts';
import { noisyGateway, openGateway } from './noisy-gateways.ts';

const POINT = { identity: 0, route: 0 };

describe('unrelated errors', () => {
  for (const errorsCharge of [true, false]) {
    it(`are told to come from ${errorsCharge ? 'behind' : 'in front of'} the limits, and read so`, async () => {
      const drawn = noisyGateway('errors', 7);
      const algorithm = { kind: 'fixed-window', limit: 60, windowMs: 60_000, anchor: 'first-request' } as const;
      const gateway = { ...drawn, algorithm, disturbance: { ...drawn.disturbance, errorsCharge } };
      const { box, identity, route } = openGateway(gateway);
      const played = await box.run(async () => {
        const prober = new Prober(
          { fetch: box.fetch, clock: box.clock, baseUrl: box.baseUrl, identities: [identity], routes: [route] },
          { budget: { requests: 1e5, rejections: 1e5, timeMs: 1e9 }, inFlight: 1e4, defy: true },
        );
        await prober.sendMany(Array.from({ length: 30 }, () => POINT));
        const before = errorsAt(prober.events).charge;
        await settleErrors(prober, POINT);
        await prober.sendMany(Array.from({ length: 50 }, () => POINT));
        const admitted = prober.events.filter(({ outcome }) => outcome === 'admitted').length;
        return { before, after: prober.errorsCharge, loses: prober.losesSome, admitted };
      });
      expect(played).toMatchObject({
        kind: 'done',
        value: { before: null, after: errorsCharge, loses: !errorsCharge, admitted: 60 },
      });
    });
  }
});
