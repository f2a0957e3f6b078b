/** Penalties as a client meets them: episodes of rejections by one stage for one organization (or address). */
import type { Policy, PenaltyStage } from '../../mock-server/policy.ts';
import { attemptOutcome, type TrialRecord } from './record.ts';

/** One penalty that someone ran into, from its first rejection to its last. */
export interface PenaltyEpisode {
  readonly name: string;
  readonly effect: PenaltyStage['effect'];
  /** The organization, or the address for an ip ban. */
  readonly key: string;
  readonly fromMs: number;
  readonly toMs: number;
}

/**
 * Rejections by the same stage for the same key belong to one episode while no more than the stage's duration lies between two. Seen from
 * outside: an episode without any rejection leaves no trace, and its true ends are not known. In order of their starts.
 */
export function penaltyEpisodes(record: TrialRecord, policy: Policy): PenaltyEpisode[] {
  const stageByCause = new Map<number, PenaltyStage>();
  const stages = policy.penalties.flatMap((penalty) => penalty.stages);
  stages.forEach((stage, index) => stageByCause.set(policy.limits.length + index, stage));
  if (stages.length === 0) return [];
  const { attempts, senders } = record;
  const episodes: (PenaltyEpisode & { toMs: number })[] = [];
  const latest = new Map<string, PenaltyEpisode & { toMs: number }>();
  for (let attempt = 0; attempt < attempts.count; attempt++) {
    if (attempts.outcome[attempt] !== attemptOutcome.rejected) continue;
    const cause = attempts.cause[attempt]!;
    const stage = stageByCause.get(cause);
    if (stage === undefined) continue;
    const sender = senders[attempts.sender[attempt]!]!;
    const key = stage.effect === 'ip-ban' ? sender.ip : sender.org;
    const atMs = attempts.startMs[attempt]!;
    const open = latest.get(`${cause} ${key}`);
    if (open !== undefined && atMs - open.toMs <= stage.durationMs) {
      open.toMs = atMs;
      continue;
    }
    const { name, effect } = stage;
    const episode = { name: record.causes[cause] ?? name, effect, key, fromMs: atMs, toMs: atMs };
    latest.set(`${cause} ${key}`, episode);
    episodes.push(episode);
  }
  return episodes;
}
