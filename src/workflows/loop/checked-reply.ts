/**
 * Checked reply: a reply's tool calls, each with its problem.
 *
 * The model activity checks its own replies. Nobody has checked a reply that an operator completed by hand, so its
 * arguments are checked here, by the schemas that the sandbox can run.
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
