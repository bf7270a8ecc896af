import { describe, expect, test } from '@jest/globals';
import { startScriptedModel } from '../../src/testing';
import { temporalCli } from '../setup/temporal-cli';
import { countersign, CTRL_C, ENTER, EXAMPLE, HAS_TERMINAL, ownQueue, shown } from './program';

const DECISION = require.resolve('./modules/decision');

test('--answer runs the agent unattended: each event, the answer, the final response', async () => {
  const taskQueue = ownQueue();
  const args = ['demo', EXAMPLE, 'dangerousAgent', '--answer', 'yes', '--task-queue', taskQueue];
  const { code, stdout, stderr } = await countersign(args).ended;
  const events = [...stdout.matchAll(/^ +(\d+) {2}(\w+)/gm)].map(([, seq, type]) => `${seq} ${type}`);
  expect(events).toEqual([
    '0 AgentInput',
    '1 AgentOutput',
    '2 ToolCall',
    '3 InputRequiredEvent',
    '4 ToolCallResult',
    '5 AgentInput',
    '6 AgentOutput',
    '7 StopEvent',
  ]);
  expect(stdout).toContain('Are you sure you want to proceed? yes\n');
  expect(stdout).toMatch(/^Model +scripted, as OPENAI_API_KEY is not set/m);
  expect(stdout).toMatch(/^Page +\S*\/namespaces\/default\/workflows\/dangerousAgent-/m);
  expect(stdout).toMatch(/^Agent .*Dangerous task completed successfully\.\n$/m);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expect(stdout).not.toContain('\u001b');
});

test('with a key the same demo asks that model, by the name it is given', async () => {
  const model = await startScriptedModel({ replies: [{ content: 'Good morning.' }] });
  try {
    const env = { OPENAI_API_KEY: 'any', OPENAI_BASE_URL: model.url, OPENAI_MODEL: 'house-model' };
    const args = [
      'demo',
      EXAMPLE,
      'dangerousAgent',
      '--answer',
      'yes',
      '--message',
      'Hello?',
      '--task-queue',
      ownQueue(),
    ];
    const { code, stdout } = await countersign(args, { env }).ended;
    expect(code).toBe(0);
    expect(stdout).toMatch(/^Agent +Good morning\.\n$/m);
    expect(model.requests).toMatchObject([
      { model: 'house-model', messages: [{}, { role: 'user', content: 'Hello?' }] },
    ]);
  } finally {
    await model.close();
  }
});

describe('at a terminal', () => {
  test('there is util-linux’s `script`, which these tests need', () => expect(HAS_TERMINAL).toBe(true));

  const start = (module: string, agent: string) =>
    countersign(['demo', module, agent, '--task-queue', ownQueue()], { terminal: true });

  test('a typed answer goes on with the run; an empty line is no answer', async () => {
    const program = start(EXAMPLE, 'dangerousAgent');
    await program.prints('Are you sure you want to proceed? \u001b');
    program.type(ENTER);
    await program.prints('an empty line is no answer', 'Are you sure you want to proceed? \u001b');
    program.type(`no${ENTER}`);
    const { code, stdout } = await program.ended;
    expect(shown(stdout)).toContain('Agent     The tool reported: Dangerous task aborted.');
    expect(code).toBe(0);
  });

  test('a refused answer is explained and asked again, and no text commands the terminal', async () => {
    const program = start(DECISION, 'decider');
    await program.prints('Delete everything? \u001b');
    program.type(`maybe${ENTER}`);
    await program.prints('Your answer was refused (invalid)', 'Delete everything? \u001b');
    program.type(`yes${ENTER}`);
    const { code, stdout } = await program.ended;
    expect(shown(stdout)).toContain('Agent     The tool reported: It was decided: yes.');
    for (const command of ['\u001b]', '\u0007', '\u001b[2J', '\u001b[31mDelete']) expect(stdout).not.toContain(command);
    expect(code).toBe(0);
  });

  test.each([
    ['pasted at once', [`yes${ENTER}yes${ENTER}`]],
    ['one after the other', [`yes${ENTER}`, `yes${ENTER}`, `yes${ENTER}`]],
  ])('what is typed before a question can be read does not answer it: %s', async (_how, typed) => {
    const program = start(DECISION, 'asker');
    await program.prints('Delete staging? \u001b');
    for (const keys of typed) program.type(keys);
    await program.prints('Delete PRODUCTION? ');
    program.type(`yes${ENTER}`);
    await program.prints('Delete PRODUCTION? \u001b');
    program.type(`no${ENTER}`);
    const { code, stdout } = await program.ended;
    expect(shown(stdout)).toContain('Answered: yes, no.');
    expect(code).toBe(0);
  });

  test('a typed question asks for each field, and for one that is not understood again', async () => {
    const program = start(DECISION, 'rater');
    await program.prints('How was it? (approved, yes or no) \u001b');
    program.type(`perhaps${ENTER}`);
    await program.prints('Type yes or no.', 'yes or no) \u001b');
    program.type(`no${ENTER}`);
    await program.prints('(grade, one of good, bad) \u001b');
    program.type(`Good${ENTER}`);
    const { code, stdout } = await program.ended;
    expect(shown(stdout)).toContain('Rated boolean false, good.');
    expect(code).toBe(0);
  });

  test('the printed command answers from elsewhere; the question is withdrawn and the demo says so', async () => {
    const program = start(EXAMPLE, 'dangerousAgent');
    await program.prints('Are you sure you want to proceed? \u001b');
    program.type('n'); // Half an answer: it must not count.
    const command = /temporal (workflow signal .*)'(\{.*\})'/.exec(shown(program.stdout));
    expect(command).not.toBeNull();
    await temporalCli(...(command?.[1] ?? '').trim().split(' '), command?.[2] ?? '');
    const { code, stdout } = await program.ended;
    expect(shown(stdout)).toMatch(/Answered from elsewhere; the run goes on\.\n +4 {2}ToolCallResult/);
    expect(shown(stdout)).toContain('Dangerous task completed successfully.');
    expect(code).toBe(0);
  });

  test('what the agent says is shown while it says it, its end on one line, and once as it was said in the end', async () => {
    const words = Array.from({ length: 60 }, (_none, nth) => `word${nth}`).join(' ');
    let goOn: () => void = () => undefined;
    const holdMidway = new Promise<void>((resolve) => {
      goOn = resolve;
    });
    const model = await startScriptedModel({ replies: [{ content: `${words}\u001b[2J.`, holdMidway }] });
    const env = { OPENAI_API_KEY: 'any', OPENAI_BASE_URL: model.url, OPENAI_MODEL: undefined };
    const args = ['demo', EXAMPLE, 'dangerousAgent', '--message', 'Hello?', '--task-queue', ownQueue()];
    const program = countersign(args, { terminal: true, env });
    await program.prints('…', ' word24 ', ' word28');
    expect(program.stdout).not.toContain('AgentOutput');
    goOn();
    const { code, stdout } = await program.ended;
    await model.close();
    expect(
      shown(stdout)
        .split('\n')
        .filter((line) => line.includes('word0')),
    ).toHaveLength(2);
    expect(shown(stdout)).toContain(`Agent     ${words}.`);
    expect(stdout).not.toContain('\u001b[2J');
    expect(code).toBe(0);
  });

  test('Ctrl-C at the question ends it with 130, and the run stays where it was', async () => {
    const program = start(EXAMPLE, 'dangerousAgent');
    await program.prints('Are you sure you want to proceed? \u001b');
    program.type(CTRL_C);
    const { code, stdout } = await program.ended;
    expect(code).toBe(130);
    expect(shown(stdout)).toMatch(/The run stays at .* goes on with it/);
    const workflowId = /^Run +(\S+)/m.exec(shown(stdout))?.[1] ?? '';
    await temporalCli('workflow', 'terminate', '--workflow-id', workflowId);
  });
});
