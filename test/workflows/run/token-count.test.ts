import { expect, test } from '@jest/globals';
import { jsonProblem } from '../../../src/protocol';
import { TokenCount } from '../../../src/workflows/run/token-count';

test('whatever numbers of tokens replies claim, their sum can be carried on', () => {
  const tokens = new TokenCount();
  const usage = { inputTokens: 1e308, outputTokens: -1e308, cachedTokens: 1e308 };
  tokens.add('m', usage);
  tokens.add('m', usage);
  expect(jsonProblem(tokens.toJson())).toBeUndefined();
  expect(tokens.toJson().usage?.['m']).toMatchObject({
    calls: 2,
    inputTokens: Number.MAX_SAFE_INTEGER,
    outputTokens: 0,
  });
});
