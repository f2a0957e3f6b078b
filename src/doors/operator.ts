/** The operator's door with real time and a key of real randomness put in. */
import { randomBytes } from 'node:crypto';
import { type OperatorDoor, serveOperator } from '../../mock-server/operator/door.ts';
import type { Platform } from '../../mock-server/platform.ts';
import { createScaledTime, type ScaledTime } from '../time/scaled-time.ts';

export type { OperatorDoor } from '../../mock-server/operator/door.ts';

/** Options of {@link openOperatorDoor}. */
export interface OpenOperatorDoorOptions {
  /** Default 127.0.0.1: nobody else reaches it. */
  readonly host?: string;
  /** Default 0: one that is free. */
  readonly port?: number;
  /** What lets in, at least 22 characters. Default: 192 random bits. */
  readonly key?: string;
  /** Whether `/metrics` also tells of this process. Default false; for one door of a process at most. */
  readonly processMetrics?: boolean;
}

/** What an operator's door is opened to: a gateway that was started. */
export interface OperatedGateway {
  readonly platform: Platform;
  readonly time: ScaledTime;
  readonly url: string;
}

/**
 * Opens the operator's door of a gateway that was started with `startGateway`. It has to be closed by itself.
 *
 * @throws (rejects) RangeError for a key that is too short, the system's error for a port that cannot be had.
 */
export async function openOperatorDoor(
  { platform, time, url }: OperatedGateway,
  options: OpenOperatorDoorOptions = {},
): Promise<OperatorDoor> {
  const { key = randomBytes(24).toString('base64url'), ...rest } = options;
  const wall = createScaledTime();
  const door = await serveOperator({ ...rest, platform, time, wall, key, gatewayUrl: url });
  return {
    ...door,
    close: async () => {
      wall.stop();
      await door.close();
    },
  };
}
