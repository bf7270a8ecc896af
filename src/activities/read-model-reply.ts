/**
 * Read model reply: the parts of a model's reply that a run may act on.
 *
 * No call of a cut-off reply is run. An empty reply is unusable, and the run asks again.
 *
 * @module
 */
import { log } from '@temporalio/activity';
import type { Agent, AgentWorkflowDefinition } from '../agent';
import type { FinishReason, RawReply, RawToolCall, RequestParts } from '../models';
import { messageText, type ModelReply, type ModelToolCall } from '../protocol';
import { checkValue, readArguments, readObject } from './tool-arguments';

/** Recorded with the call, so that a run can tell a tool that never existed from one that was removed later. */
const NO_SUCH_TOOL = 'there is no such tool';

const CUT_OFF: Partial<Readonly<Record<FinishReason, string>>> = {
  length: 'your reply was cut off at its length limit, so that none of its calls was run',
  content_filter: "your reply was cut off by the provider's filter, so that none of its calls was run",
};

export async function readModelReply(
  { agent, definition, purpose }: RequestParts,
  reply: RawReply,
): Promise<ModelReply> {
  const { content, finishReason, provider } = reply;
  const used = reply.usage === undefined ? {} : { usage: reply.usage };
  const toolCalls = purpose === undefined ? reply.toolCalls : [];
  const unusable = unusableBecause(reply, toolCalls);
  if (unusable !== undefined) return { content: '', unusable: messageText(unusable), ...used };
  if (purpose === 'structured') return { ...(await readStructured(definition, content)), ...used };
  const cutOff = CUT_OFF[finishReason];
  const calls = await Promise.all(toolCalls.map((call) => readCall(agent, call, cutOff)));
  return {
    content,
    ...(calls.length === 0 ? {} : { toolCalls: calls, isChecked: true }),
    ...used,
    ...(finishReason === 'length' || finishReason === 'content_filter' ? { finishReason } : {}),
    ...(provider === undefined || purpose !== undefined ? {} : { provider }),
  };
}

function unusableBecause({ content, finishReason, said }: RawReply, calls: readonly RawToolCall[]): string | undefined {
  const words = said === undefined ? '' : ` (${said})`;
  if (finishReason === 'malformed') return `the model failed to write a tool call${words}`;
  if (content.trim() !== '' || calls.length > 0) return undefined;
  if (finishReason === 'length') return `it reached the limit of its length before it said anything${words}`;
  if (finishReason === 'content_filter') return `the provider's filter withheld it${words}`;
  return `it was empty${words}`;
}

async function readCall(
  agent: Agent,
  { id, name, arguments: text }: RawToolCall,
  cutOff: string | undefined,
): Promise<ModelToolCall> {
  const tool = agent.tools.find((one) => one.name === name);
  if (tool === undefined || cutOff !== undefined) {
    const written = readObject(text);
    const problem = written.problem !== undefined && cutOff === undefined ? written.problem : (cutOff ?? NO_SUCH_TOOL);
    return { id, name, args: written.problem === undefined ? written.value : {}, problem: messageText(problem) };
  }
  const read = await readArguments(tool, text);
  if (read.problem === undefined) return { id, name, ...read.value };
  const written = readObject(text);
  return {
    id,
    name,
    args: written.problem === undefined ? written.value : {},
    problem: messageText(read.problem),
  };
}

/** The model's data, if it fits. */
async function readStructured({ output }: AgentWorkflowDefinition, content: string): Promise<ModelReply> {
  const written = readObject(content.replace(/^\s*```(?:json)?\s*\n([^]*)\n\s*```\s*$/, '$1'));
  if (output === undefined || written.problem !== undefined) return leftOut(written.problem ?? 'none is wanted');
  const made = await checkValue(output, written.value);
  if (made.problem !== undefined) return leftOut(made.problem);
  const data = readObject(JSON.stringify(made.value) ?? '');
  return data.problem === undefined ? { content: '', structured: data.value } : leftOut(data.problem);
}

function leftOut(why: string): ModelReply {
  log.warn(`The model's structured output was left out: ${why}`);
  return { content: '' };
}
