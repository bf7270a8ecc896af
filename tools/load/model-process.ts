/**
 * Model process: a scripted model in a process of its own, which says what the tool said, so that a result tells the answer.
 *
 * Says its URL to its parent, and ends with it.
 *
 * @module
 */
import { type ModelRequest, type ScriptedReply, startScriptedModel } from 'countersign/testing';

function reply({ messages }: ModelRequest): ScriptedReply {
  const result = messages.findLast(({ role }) => role === 'tool');
  return result === undefined
    ? { toolCalls: [{ name: 'dangerous_task', arguments: '{}' }] }
    : { content: String(result.content) };
}

process.once('disconnect', () => process.exit());
void startScriptedModel({ replies: reply }).then((model) => process.send?.(model.url));
