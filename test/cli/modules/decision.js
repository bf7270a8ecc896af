/**
 * For tests of the command line: an agent that takes only `yes` or `no`, and whose texts would command a terminal.
 *
 * Plain JavaScript on the built package, as a user's compiled module is.
 */
const { AgentWorkflow, defineTool, HumanResponseEvent, InputRequiredEvent } = require('countersign/workflow');
const v = require('valibot');

const Decision = HumanResponseEvent.extend('Decision', { response: v.pipe(v.string(), v.regex(/^(yes|no)$/)) });

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

const Rating = HumanResponseEvent.extend('Rating', {
  response: v.optional(v.string()),
  approved: v.boolean(),
  grade: v.picklist(['good', 'bad']),
});

const rate = defineTool({
  name: 'rate',
  description: 'Asks for a typed answer.',
  async execute(_args, ctx) {
    const { approved, grade } = await ctx.waitForEvent(Rating, {
      waiterEvent: InputRequiredEvent({ prefix: 'How was it? ' }),
    });
    return `Rated ${typeof approved} ${approved}, ${grade}.`;
  },
});

exports.rater = AgentWorkflow.fromToolsOrFunctions([rate], { name: 'rater', llm: 'scripted' });

const askTwice = defineTool({
  name: 'ask_twice',
  description: 'Asks twice.',
  async execute(_args, ctx) {
    const answers = [];
    for (const prefix of ['Delete staging? ', 'Delete PRODUCTION? ']) {
      const { response } = await ctx.waitForEvent(HumanResponseEvent, { waiterEvent: InputRequiredEvent({ prefix }) });
      answers.push(response);
    }
    return `Answered: ${answers.join(', ')}.`;
  },
});

exports.asker = AgentWorkflow.fromToolsOrFunctions([askTwice], { name: 'asker', llm: 'scripted' });

exports.buggy = async function buggy() {
  throw new TypeError('it has a bug');
};
