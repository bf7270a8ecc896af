/**
 * The example of LlamaIndex's documentation: a dangerous task that a person must confirm.
 *
 * @module
 */
import { AgentWorkflow, defineTool, HumanResponseEvent, InputRequiredEvent } from 'countersign/workflow';

const dangerousTask = defineTool({
  name: 'dangerous_task',
  description: 'A dangerous task that requires human confirmation.',
  async execute(_args, ctx) {
    ctx.writeEventToStream(InputRequiredEvent({ prefix: 'Are you sure you want to proceed? ', user_name: 'Laurie' }));
    const answer = await ctx.waitForEvent(HumanResponseEvent, { requirements: { user_name: 'Laurie' } });
    return answer.response.trim().toLowerCase() === 'yes'
      ? 'Dangerous task completed successfully.'
      : 'Dangerous task aborted.';
  },
});

export const dangerousAgent = AgentWorkflow.fromToolsOrFunctions([dangerousTask], {
  name: 'dangerousAgent',
  llm: 'gpt-4o-mini',
  systemPrompt: 'You are a helpful assistant that can perform dangerous tasks.',
});
