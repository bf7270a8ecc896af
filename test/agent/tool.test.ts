import { expect, test } from '@jest/globals';
import { runsOnce } from '../../src/activities/tool-attempt';
import { activityTool } from '../../src/agent';

test('a retry policy whose attempts are undefined still allows one', () => {
  const tool = activityTool({
    name: 'pay',
    description: 'Pay.',
    retry: { initialInterval: '1 second', maximumAttempts: undefined as never },
  });
  expect(tool.options.retry).toEqual({ initialInterval: '1 second' });
  expect(Object.keys(tool.options.retry ?? {})).toEqual(['initialInterval']);
  expect(runsOnce(tool)).toBe(true);
});
