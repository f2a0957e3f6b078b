/**
 * Conversations: one begins in each minute of an organization's history, so that any interval can be counted and read without a table.
 * They begin and end in the same order.
 */
import type { KeyedRandom } from '../gateway.ts';
import { orderedUuidOf, uuidOf } from './identifiers.ts';
import type { Interval } from './interval.ts';
import type { Organizations, Reference } from './organizations.ts';

/** What a query filters and groups by. */
export interface Facets {
  readonly conversationId: string;
  readonly queueId: string;
  readonly userId: string;
  readonly mediaType: string;
  readonly direction: string;
  readonly divisionId: string;
}

/** Times of one conversation in ms; the instants are epoch ms. */
export interface Timing {
  readonly startMs: number;
  readonly waitMs: number;
  readonly talkMs: number;
  readonly afterCallMs: number;
  readonly endMs: number;
}

/** Numbers of conversations: from `first` up to and without `end`. */
export interface Numbers {
  readonly first: number;
  readonly end: number;
}

/** Names of {@link Facets}. */
export const DIMENSIONS = ['conversationId', 'queueId', 'userId', 'mediaType', 'direction', 'divisionId'] as const;

const MINUTE_MS = 60_000;
/** A conversation begins in the first third of its minute and takes at least 90 s, at most 40 s more: so the next one ends later. */
const BEGINS_WITHIN_MS = 20_000;
const TAKES_MS = 90_000;
const TAKES_MORE_MS = 40_000;
/** Before this long before the start there was nothing. */
const HISTORY_MS = 400 * 86_400_000;
const MEDIA = ['voice', 'voice', 'voice', 'voice', 'voice', 'voice', 'message', 'message', 'email', 'chat'];
/** Throws of the dice for the times, and for the rest, of one conversation. */
const DRAWS = 4;

/** The conversations of all organizations. */
export class Conversations {
  readonly #random: KeyedRandom;
  readonly #startsAtMs: number;
  readonly #organizations: Organizations;

  constructor(random: KeyedRandom, startsAtMs: number, organizations: Organizations) {
    this.#random = random;
    this.#startsAtMs = startsAtMs;
    this.#organizations = organizations;
  }

  /** Those that begin in an interval and before `nowMs`: nothing is known of the future. */
  within(org: string, { fromMs, toMs }: Interval, nowMs: number): Numbers {
    const first = this.#firstFrom(org, Math.max(fromMs, this.#startsAtMs - HISTORY_MS));
    const end = this.#firstFrom(org, Math.min(toMs, nowMs));
    return { first, end: Math.max(first, end) };
  }

  /** When it began, epoch ms. */
  startOf(org: string, number: number): number {
    const draw = this.#random('conversation-time', org, number * DRAWS);
    return number * MINUTE_MS + Math.floor(BEGINS_WITHIN_MS * draw);
  }

  /** When it began, and what of it took how long. */
  timing(org: string, number: number): Timing {
    const draw = (of: number) => this.#random('conversation-time', org, number * DRAWS + of);
    const takesMs = TAKES_MS + Math.floor(TAKES_MORE_MS * draw(1));
    const waitMs = Math.floor(takesMs * 0.3 * draw(2) ** 2);
    const afterCallMs = Math.floor(takesMs * 0.2 * draw(3));
    const startMs = this.startOf(org, number);
    return { startMs, waitMs, talkMs: takesMs - waitMs - afterCallMs, afterCallMs, endMs: startMs + takesMs };
  }

  /** One facet. Each is cheap by itself. */
  facet(org: string, number: number, dimension: keyof Facets): string {
    const { divisions, userCount } = this.#organizations.of(org);
    const draw = (of: number) => this.#random('conversation', org, number * DRAWS + of);
    switch (dimension) {
      case 'conversationId':
        return uuidOf(this.#random, 'conversation-id', org, number);
      case 'queueId':
        return this.#queueOf(org, number).id;
      case 'userId':
        return orderedUuidOf(this.#random, 'user-id', org, Math.floor(draw(1) * userCount), userCount);
      case 'mediaType':
        return MEDIA[Math.floor(draw(2) * MEDIA.length)]!;
      case 'direction':
        return draw(3) < 0.85 ? 'inbound' : 'outbound';
      case 'divisionId':
    }
    return divisions[0]!.id;
  }

  /** One of a list of conversations, short: what the threads' path answers. */
  brief(org: string, number: number): Record<string, unknown> {
    const { startMs, endMs } = this.timing(org, number);
    return {
      id: this.facet(org, number, 'conversationId'),
      startTime: isoOf(startMs),
      endTime: isoOf(endMs),
      mediaType: this.facet(org, number, 'mediaType'),
      direction: this.facet(org, number, 'direction'),
      queueId: this.#queueOf(org, number).id,
    };
  }

  /** One conversation with its participants, as a details query answers it. */
  details(org: string, number: number): Record<string, unknown> {
    const { startMs, waitMs, endMs } = this.timing(org, number);
    const answeredMs = startMs + waitMs;
    const direction = this.facet(org, number, 'direction');
    const session = {
      direction,
      mediaType: this.facet(org, number, 'mediaType'),
      provider: 'PureCloud',
    };
    const participant = (index: number, purpose: string) => ({
      participantId: uuidOf(this.#random, 'participant-id', org, number * PARTICIPANTS + index),
      purpose,
    });
    const sessionOf = (index: number, segments: readonly unknown[]) => [
      { ...session, sessionId: uuidOf(this.#random, 'session-id', org, number * PARTICIPANTS + index), segments },
    ];
    const { id: queueId, name } = this.#queueOf(org, number);
    return {
      conversationId: this.facet(org, number, 'conversationId'),
      conversationStart: isoOf(startMs),
      conversationEnd: isoOf(endMs),
      originatingDirection: direction,
      divisionIds: [this.facet(org, number, 'divisionId')],
      participants: [
        { ...participant(0, 'external'), sessions: sessionOf(0, [segment('interact', startMs, endMs)]) },
        {
          ...participant(1, 'acd'),
          participantName: name,
          sessions: sessionOf(1, [{ ...segment('interact', startMs, answeredMs), queueId }]),
        },
        {
          ...participant(2, 'agent'),
          userId: this.facet(org, number, 'userId'),
          sessions: sessionOf(2, this.#agentSegments(org, number, queueId)),
        },
      ],
    };
  }

  #agentSegments(org: string, number: number, queueId: string): readonly unknown[] {
    const { startMs, waitMs, talkMs, endMs } = this.timing(org, number);
    const answeredMs = startMs + waitMs;
    return [
      { ...segment('interact', answeredMs, answeredMs + talkMs), queueId },
      { ...segment('wrapup', answeredMs + talkMs, endMs), queueId, wrapUpCode: 'ININ-WRAP-UP-TIMEOUT' },
    ];
  }

  #queueOf(org: string, number: number): Reference {
    const { queues } = this.#organizations.of(org);
    return queues[Math.floor(this.#random('conversation', org, number * DRAWS) * queues.length)]!;
  }

  /** Number of the first that begins at `atMs` or later. */
  #firstFrom(org: string, atMs: number): number {
    const number = Math.floor(atMs / MINUTE_MS);
    return this.startOf(org, number) >= atMs ? number : number + 1;
  }
}

/** Participants of one conversation. */
const PARTICIPANTS = 3;

function segment(segmentType: string, startMs: number, endMs: number) {
  return { segmentStart: isoOf(startMs), segmentEnd: isoOf(endMs), segmentType, conference: false };
}

function isoOf(atMs: number): string {
  return new Date(atMs).toISOString();
}
