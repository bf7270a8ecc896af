/**
 * Checked reply: the tool calls of a reply, with what is wrong with them.
 *
 * The model activity checks its own calls. Nobody checked a reply that an operator gave by hand, so arguments are
 * checked here by the schemas that the sandbox can run.
 *
 * @module
 */
import { schemaIssuesNow, type Agent } from '../../agent';
import { messageText, type ModelReply, type ModelToolCall } from '../../protocol';
import { recordedRefusal } from '../link/recorded-refusal';
import type { Thread } from './thread';

export function checkedReply(thread: Thread, agent: Agent, { isChecked, ...reply }: ModelReply): ModelReply {
  if (reply.toolCalls === undefined || isChecked === true) return reply;
  const check = (call: ModelToolCall, nth: number): ModelToolCall => {
    if (call.problem !== undefined || call.isMade === true) return call;
    const tool = agent.tools.find(({ name }) => name === call.name);
    const problem = recordedRefusal(`countersign-refused-call-${thread.callId(nth)}`, () =>
      tool === undefined ? 'there is no such tool' : schemaIssuesNow(tool.parameters, call.args),
    );
    return problem === undefined ? call : { ...call, problem: messageText(problem) };
  };
  return { ...reply, toolCalls: reply.toolCalls.map(check) };
}
