/**
 * Effect: what a tool of a scenario does to the world, so that a body which ran twice is seen.
 *
 * @module
 */
import { activityTool } from 'countersign';
import * as v from 'valibot';

/** An attempt whose worker was killed is made again: the file tells attempts from executions. */
export const effectTool = activityTool({
  name: 'conformance-effect',
  description: 'Counts an effect outside the run.',
  parameters: { scenario: v.string(), name: v.string() },
  startToCloseTimeout: '10 seconds',
  retry: { maximumAttempts: 5, initialInterval: '100 ms' },
});
