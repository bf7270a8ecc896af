/**
 * Activities: the side effects of a run.
 *
 * @module
 */
import { MODEL_ACTIVITY } from '../protocol';
import { createModelActivity, type ModelOptions } from './model-activity';
import { createToolActivities, type Implementation } from './tool-activity';

export { PassedConversations } from './passed-conversations';
export { REPORT_EVERY_MS } from './heartbeat';
export { readDefinitions, type Definitions } from './definitions';
export {
  checkImplementation,
  checkImplementations,
  implement,
  type ActivityCall,
  type Implementation,
} from './tool-activity';

/** The activities that a worker registers, by activity type. */
export function createActivities(
  options: ModelOptions & { readonly tools: readonly Implementation[] },
): Record<string, (...args: never[]) => Promise<unknown>> {
  return { [MODEL_ACTIVITY]: createModelActivity(options), ...createToolActivities(options.tools) };
}
