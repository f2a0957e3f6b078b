/** The benchmark's report and results file. Pure. */
import { byDifficulty } from './difficulty.ts';
import { BUDGET, type GatewayOutcome } from './outcome.ts';
import { DRIVE } from './observable.ts';
import { summarize } from './summary.ts';
import { accuracyTable, baselineTable, difficultyTable, partsTable, spendingTable } from './tables.ts';

/** How the gateways were chosen. */
export interface Choice {
  readonly gateways: number;
  readonly firstSeed: number;
}

/** The report, and what results.json holds. */
export function reportOf(
  rows: readonly string[],
  outcomes: readonly GatewayOutcome[],
  { gateways, firstSeed }: Choice,
): { readonly markdown: string; readonly results: unknown } {
  const summaries = rows.map((row) =>
    summarize(
      row,
      outcomes.filter((outcome) => outcome.row === row),
    ),
  );
  const quiet = byDifficulty(outcomes.filter(({ row }) => row.startsWith('quiet')));
  const withBaselines = summaries.filter(({ errors }) => errors.length > 0);
  const crashed = summaries.flatMap(({ row, crashed }) =>
    crashed.map(({ seed, why }) => `- ${row}, seed ${seed}: ${why}`),
  );
  const parts = [
    '# Discovery, measured',
    `Random gateways in virtual time, seeds ${firstSeed} to ${firstSeed + gateways - 1} of each row. A share is followed by its count and its exact 95 % interval (Clopper-Pearson).`,
    ABOUT,
    '## What was found',
    accuracyTable(summaries),
    '## Part by part',
    'Of all limits that can be seen; one that was missed is right in no part.',
    partsTable(summaries),
    '## What it took',
    'Medians per gateway unless said. C: requests of the cheapest route that fit a limit at once, summed over the limits that can be seen.',
    spendingTable(summaries),
    ...(withBaselines.length === 0 ? [] : ['## Beside simple methods', BASELINES, baselineTable(withBaselines)]),
    ...(quiet.length === 0 ? [] : ['## By difficulty (the quiet rows)', difficultyTable(quiet)]),
    ...(crashed.length === 0 ? [] : ['## Discoveries that failed', 'Counted as missed.', crashed.join('\n')]),
  ];
  const kept = outcomes.map(keptOf);
  return { markdown: `${parts.join('\n\n')}\n`, results: { firstSeed, gateways, summaries, outcomes: kept } };
}

/** A gateway in a few lines of results.json, without what the machine did to it. */
function keptOf(outcome: GatewayOutcome): unknown {
  const { row, seed, truth, found, score, crash, complete, sent, rejections, exclusionRequests, penalties, ranMs } =
    outcome;
  return {
    row,
    seed,
    verdict: score.verdict,
    verdicts: score.limits.map(({ verdict }) => verdict),
    truth,
    found,
    spent: `${sent} requests, ${exclusionRequests} of them looking for more; ${rejections} rejections; ${ranMs} ms`,
    ...(crash === '' ? {} : { crash }),
    ...(complete ? {} : { complete }),
    ...(penalties === 0 ? {} : { penalties }),
  };
}

/** One block per gateway that is not right: the seed, the truth, the finding. */
export function failureLines(outcomes: readonly GatewayOutcome[]): string {
  return outcomes
    .filter(({ score }) => score.verdict !== 'right')
    .map(
      ({
        row,
        seed,
        truth,
        found,
        unknown,
        score,
        crash,
        sent,
        exclusionRequests,
        capacityRequests,
        observable,
        complete,
        cpuMs,
      }) => {
        const target = 3 * capacityRequests + 500 * observable;
        const wrong = score.limits.flatMap(({ parts }) =>
          parts === null ? [] : Object.entries(parts).flatMap(([part, right]) => (right === false ? [part] : [])),
        );
        return [
          `${row} seed ${seed}: ${score.verdict}${complete ? '' : ', cut short'} | wrong in: ${[...new Set(wrong)].join(' ') || '-'} | invented ${score.invented.length} | probes ${sent - exclusionRequests} (target ${target}) + ${exclusionRequests} looking for more | cpu ${Math.round(cpuMs)} ms${crash === '' ? '' : ` | CRASH ${crash}`}`,
          `  T: ${truth.join(' ; ')}`,
          `  F: ${found.join(' ; ') || 'nothing'}`,
          ...(unknown.length === 0 ? [] : [`  U: ${unknown.slice(0, 4).join(' ; ')}`]),
          '',
        ].join('\n');
      },
    )
    .join('\n');
}

const ABOUT = `Verdicts of a limit: *right*; *ambiguous* (it says so, and the truth is in the class that it names); *outside* (it says so, and the truth is not in that class); *missed*; *wrong* (it says found, and scope, routes, algorithm or counts are others). *Invented*: found and not there. *Findings wrong*: of all limits that were said to be found, those that are wrong or invented. Equivalent descriptions count as the same (bench/discovery/canonical.ts says which).

*Hidden*: a limit that cannot be seen, and is not asked for. A limit can be seen when a driver that knows the policy can bring about a request that this limit alone rejects, with the same identities and routes, from idle, with at most ${DRIVE.requests} requests over ${DRIVE.ms / 3_600_000} hours (bench/discovery/observable.ts plays it).

Every discovery may spend ${BUDGET.requests} requests, ${BUDGET.rejections} rejections and ${BUDGET.timeMs / 86_400_000} days of the gateway's time.`;

const BASELINES = `On the same gateways, each with at most as many requests as the discovery sent, and at a point where a limit can be seen. They know one identity and one route, so none can tell the structure; *algorithm* is the family that their rule implies. For the rate: what a limit admits in the long run. No answer counts as beside the truth; the median error is over the answers.`;
