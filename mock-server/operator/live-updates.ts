/** The stream behind the live page: one update a second of real time to everybody who looks, and none while nobody does. */
import type { ServerResponse } from 'node:http';
import type { GatewayTime } from '../time.ts';
import { type LiveUpdate, snapshot, type Watched } from './snapshot.ts';

/** Who may look at once. */
export const WATCHERS_MAX = 16;
const PERIOD_MS = 1000;
/** A watcher that reads so slowly that this much is waiting for it is let go. */
const WAITING_BYTES_MAX = 4_000_000;

/** The watchers of one door. */
export class LiveUpdates {
  readonly #watched: Watched;
  readonly #wall: GatewayTime;
  readonly #watchers = new Set<ServerResponse>();
  #isTicking = false;

  /** `wall` is real time. */
  constructor(watched: Watched, wall: GatewayTime) {
    this.#watched = watched;
    this.#wall = wall;
  }

  /** Whether another watcher may come. */
  get hasPlace(): boolean {
    return this.#watchers.size < WATCHERS_MAX;
  }

  /** Sends a first update at once, and the next ones until the watcher goes or {@link end}. The head must have been written. */
  watch(response: ServerResponse): void {
    this.#watchers.add(response);
    response.once('close', () => this.#watchers.delete(response));
    response.write(eventOf(this.#update()));
    this.#tick();
  }

  /** Sends an update now: something was changed by hand. */
  push(): void {
    if (this.#watchers.size === 0) return;
    const event = eventOf(this.#update());
    for (const watcher of this.#watchers) {
      if (watcher.writableLength > WAITING_BYTES_MAX) watcher.destroy();
      else watcher.write(event);
    }
  }

  /** Ends every stream. */
  end(): void {
    for (const watcher of this.#watchers) watcher.end();
    this.#watchers.clear();
  }

  #update(): LiveUpdate {
    const { telemetry } = this.#watched;
    return { state: snapshot(this.#watched), seconds: telemetry.seconds(), decisions: telemetry.decisions() };
  }

  #tick(): void {
    if (this.#isTicking || this.#watchers.size === 0) return;
    this.#isTicking = true;
    this.#wall.scheduleAt(
      this.#wall.nowMs + PERIOD_MS,
      () => {
        this.#isTicking = false;
        this.push();
        this.#tick();
      },
      undefined,
    );
  }
}

function eventOf(update: LiveUpdate): string {
  return `data: ${JSON.stringify(update)}\n\n`;
}
