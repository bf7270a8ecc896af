/**
 * Tool failure: what a tool's body threw, for the log and for the model.
 *
 * The model gets a short text. The stack goes to the workflow's log, once and not in replays.
 *
 * @module
 */
import { log } from '@temporalio/workflow';
import type { Tool } from '../../agent';
import { errorText, type ModelToolCall } from '../../protocol';
import { stackOf } from '../link/failure';

/** @returns What the model is told. */
export function toolFailure(tool: Tool, call: ModelToolCall, error: unknown): string {
  if (tool.kind === 'activity') return cut(errorText(error)); // Its worker has logged it.
  const missing = missingGlobal(error);
  log.warn('Tool failed', {
    tool: tool.name,
    toolId: call.id,
    error: stackOf(error),
    ...(missing === undefined
      ? {}
      : { help: `defineTool runs in the workflow, which has no ${missing}: move this into an activityTool.` }),
  });
  const text = cut(errorText(error));
  return missing === undefined ? text : `${text} (defineTool runs in the workflow: this belongs in an activityTool)`;
}

/** Names that Node has and the workflow sandbox lacks. */
const NODE_GLOBALS = new Set([
  'Blob',
  'Buffer',
  'EventSource',
  'FormData',
  'Headers',
  'Request',
  'Response',
  'WebSocket',
  'XMLHttpRequest',
  '__dirname',
  '__filename',
  'crypto',
  'fetch',
  'global',
  'navigator',
  'performance',
  'process',
  'queueMicrotask',
  'require',
  'setImmediate',
  'setInterval',
  'structuredClone',
]);

function missingGlobal(error: unknown): string | undefined {
  const [, name = ''] = /^(\w+) is not defined$/.exec(errorText(error)) ?? [];
  return NODE_GLOBALS.has(name) ? name : undefined;
}

function cut(text: string): string {
  return text.length > 4000 ? `${text.slice(0, 4000)}…` : text;
}
