import { expect, test } from 'vitest';
import { WrittenAnswers } from './written-answers.ts';

test('WrittenAnswers makes an answer once, and again after a change', () => {
  const answers = new WrittenAnswers();
  let made = 0;
  const ask = () => answers.of('key', () => ({ made: ++made })).text;
  expect([ask(), ask()]).toEqual(['{"made":1}', '{"made":1}']);
  answers.forget();
  expect(ask()).toBe('{"made":2}');
});

test('WrittenAnswers holds a bounded number of characters, and nothing of long answers and questions', () => {
  const answers = new WrittenAnswers();
  answers.of('long answer', () => 'x'.repeat(1_000_001));
  answers.of('x'.repeat(1000), () => 'long question');
  expect(answers.characters).toBe(0);
  for (let index = 0; index < 1000; index++) {
    answers.of(`key ${index}`, () => 'x'.repeat(40_000));
    expect(answers.characters).toBeLessThan(10_100_000);
  }
});
