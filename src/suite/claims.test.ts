import { describe, expect, it } from 'vitest';
import type { Claim } from '../../scenarios/scenario.ts';
import { sampleCell } from '../results/testing/sample-results.ts';
import { checkClaims, evidenceOver } from './claims.ts';
import { samplePlanned } from './testing/sample-plan.ts';

const found = { verdict: 'holds', evidence: 'It does.', boundary: '', bars: [] } as const;
const claim = (check: Claim['check'], needs: Claim['needs'] = [{ strategy: 'none' }]): Claim => ({
  id: '1.2',
  kind: 'cure',
  says: 'It helps.',
  needs,
  restsOn: ['quota'],
  check,
});
const cells = [sampleCell('none', [10, 11])];
const checked = (given: Claim, complete = true, over = cells) =>
  checkClaims(samplePlanned(['none'], [given]), over, complete)[0];

describe('checkClaims', () => {
  it('gives the check\u2019s verdict with the claim\u2019s own words', () => {
    expect(checked(claim(() => found))).toEqual({
      id: '1.2',
      kind: 'cure',
      says: 'It helps.',
      restsOn: ['quota'],
      ...found,
    });
  });

  it.each([
    ['throws', claim(() => fail('no metrics')), true, cells, 'no metrics'],
    [
      'reads a cell that was not run',
      claim((evidence) => ({ ...found, evidence: evidence.cell('aimd').title })),
      true,
      cells,
      'there is no cell for strategy aimd',
    ],
    [
      'needs a strategy that does not exist',
      claim(() => found, [{ strategy: 'nonsense' }]),
      true,
      cells,
      'there is no cell for strategy nonsense',
    ],
    ['needs a cell without trials', claim(() => found), true, [sampleCell('none', [])], 'strategy none has no trial'],
    ['stands in an interrupted run', claim(() => found), false, cells, 'the run was interrupted'],
    [
      'gives a bar that is no number',
      claim(() => ({ ...found, bars: [{ label: 'x', value: Number.NaN, text: '', lead: true }] })),
      true,
      cells,
      'bar x must be finite, current value is NaN',
    ],
  ])('says not run, and why, when a check %s', (_, given, complete, over, why) => {
    expect(checked(given, complete, over)).toMatchObject({
      verdict: 'not run',
      evidence: `the check could not be made: ${why}`,
      bars: [],
    });
  });

  it('says why claims were left out', () => {
    const planned = { ...samplePlanned(['none'], [claim(() => found)]), claimsSkipped: 'left out by --no-claims' };
    expect(checkClaims(planned, cells, true)[0]).toMatchObject({
      verdict: 'not run',
      evidence: 'left out by --no-claims',
    });
  });
});

describe('evidenceOver', () => {
  it('finds cells by any spelling of the spec, the matrix before the claims\u2019 own', () => {
    const extra = { ...sampleCell('retry-after', [1]), variant: 'claims only' };
    const evidence = evidenceOver([...cells, extra, { ...sampleCell('none', [3]), variant: 'twice' }]);
    expect(evidence.cell('none+none')).toBe(cells[0]);
    expect(evidence.cell('retry-after')).toBe(extra);
    expect(evidence.cell('none', 'twice').trials).toHaveLength(1);
    expect(() => evidence.cell('retry-after', 'twice')).toThrow(
      'there is no cell for strategy retry-after in variant twice',
    );
  });
});

function fail(message: string): never {
  throw new Error(message);
}
