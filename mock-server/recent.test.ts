import { expect, it } from 'vitest';
import { Recent } from './recent.ts';

it('Recent keeps what was used among the last of one generation, and never more than two generations', () => {
  const recent = new Recent<number>(10);
  for (let key = 0; key < 1000; key++) {
    recent.put(`${key}`, key);
    expect(recent.get('0')).toBe(0);
    expect(recent.size).toBeLessThanOrEqual(20);
  }
  expect(recent.get('995')).toBe(995);
  expect(recent.get('500')).toBeUndefined();
});
