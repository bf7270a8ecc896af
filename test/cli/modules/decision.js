/**
 * For tests of the command line: an agent that takes only `yes` or `no`, and whose texts would command a terminal.
 *
 * Plain JavaScript on the built package, as a user's compiled module is.
 */
const { AgentWorkflow, defineTool, HumanResponseEvent, InputRequiredEvent } = require('countersign/workflow');
const v = require('valibot');

const Decision = HumanResponseEvent.extend('Decision', { response: v.picklist(['yes', 'no']) });

const decide = defineTool({
  name: 'decide',
  description: 'Asks somebody to decide.',
  async execute(_args, ctx) {
    ctx.writeEventToStream(
      InputRequiredEvent({ prefix: '\u001b[31mDelete\u001b[0m \u001b]0;owned\u0007everything? ' }),
    );
    const { response } = await ctx.waitForEvent(Decision, {});
    return `It was decided:\u001b[2J ${response}.`;
  },
});

exports.decider = AgentWorkflow.fromToolsOrFunctions([decide], { name: 'decider', llm: 'scripted' });

exports.buggy = async function buggy() {
  throw new TypeError('it has a bug');
};
