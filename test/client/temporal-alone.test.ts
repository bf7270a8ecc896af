import { expect, test } from '@jest/globals';
import { allEvents, calls, eventOfType, says, useTemporal } from '../setup/temporal';
import { shellWords, temporalCli, temporalCliJson } from '../setup/temporal-cli';

const temporal = useTemporal();
const INPUT = '{"userMsg":"I want to proceed with the dangerous task."}';
const LAURIE = '{"response":"yes","user_name":"Laurie"}';

async function started(...more: readonly string[]): Promise<string> {
  const id = `cli-${crypto.randomUUID()}`;
  temporal.model.script([calls(['dangerous_task']), says('All done.')]);
  const where = ['--task-queue', temporal.taskQueue, '--workflow-id', id, '--type', 'dangerousAgent'];
  await temporalCli('workflow', 'start', ...where, ...(more.length === 0 ? ['--input', INPUT] : more));
  return id;
}

test('a run is started, asked and answered with the Temporal CLI alone', async () => {
  const id = await started();
  const run = temporal.client.getHandler(id);
  await eventOfType(run, 'InputRequiredEvent');
  const query = await temporalCliJson('workflow', 'query', '--workflow-id', id, '--type', 'pendingInputs');
  expect(query).toMatchObject({
    queryResult: [
      [
        {
          inputId: expect.stringMatching(/^1\.0\.0-/),
          requirements: { user_name: 'Laurie' },
          event: { prefix: 'Are you sure you want to proceed? ' },
        },
      ],
    ],
  });
  await temporalCli('workflow', 'signal', '--workflow-id', id, '--name', 'HumanResponseEvent', '--input', LAURIE);
  expect(String(await run.result())).toBe('All done.');
});

test('a bare string starts a run, and the update tells whether an answer was taken', async () => {
  const id = await started('--input', '"I want to proceed."');
  await eventOfType(temporal.client.getHandler(id), 'InputRequiredEvent');
  const respond = ['workflow', 'update', 'execute', '--workflow-id', id, '--name', 'respond', '--input'];
  await expect(temporalCli(...respond, '{"response":"yes","user_name":"Mallory"}')).rejects.toThrow(
    /takes only an answer with/,
  );
  expect(await temporalCli(...respond, LAURIE)).toContain('1.0.0');
  await temporal.client.getHandler(id).result();
});

test('signal-with-start sends an event to a run that may not exist yet', async () => {
  const id = `cli-${crypto.randomUUID()}`;
  temporal.model.script([says('Hello.')]);
  await temporalCli(
    'workflow',
    'signal-with-start',
    '--type',
    'dangerousAgent',
    '--task-queue',
    temporal.taskQueue,
    '--workflow-id',
    id,
    '--input',
    INPUT,
    '--signal-name',
    'sendEvent',
    '--signal-input',
    '{"type":"PaymentReceived","amount":1}',
  );
  expect(String(await temporal.client.getHandler(id).result())).toBe('Hello.');
  expect((await allEvents(temporal.client.getHandler(id))).map(({ type }) => type)).not.toContain('AnswerRefused');
});

test('a Schedule starts runs', async () => {
  const id = `cli-${crypto.randomUUID()}`;
  temporal.model.script([says('Every morning.')]);
  await temporalCli(
    'schedule',
    'create',
    '--schedule-id',
    id,
    '--interval',
    '24h',
    '--type',
    'dangerousAgent',
    '--task-queue',
    temporal.taskQueue,
    '--workflow-id',
    id,
    '--input',
    INPUT,
  );
  try {
    await temporalCli('schedule', 'trigger', '--schedule-id', id);
    const schedule = temporal.client.temporal.schedule.getHandle(id);
    let taken = await schedule.describe();
    while (taken.info.recentActions.length === 0) taken = await schedule.describe();
    const action = taken.info.recentActions[0]?.action as { workflow: { workflowId: string } };
    expect(String(await temporal.client.getHandler(action.workflow.workflowId).result())).toBe('Every morning.');
  } finally {
    await temporalCli('schedule', 'delete', '--schedule-id', id);
  }
});

test('the run’s metadata shows the question, the command that answers it, and an example of each message', async () => {
  const id = await started();
  await eventOfType(temporal.client.getHandler(id), 'InputRequiredEvent');
  const metadata = JSON.stringify(await temporalCliJson('workflow', 'metadata', '--workflow-id', id));
  expect(metadata).toMatch(/Answer a question.*response.*inputId/);
  const card = JSON.parse(/"currentDetails":("(?:[^"\\]|\\.)*")/.exec(metadata)?.[1] ?? '""') as string;
  expect(card).toMatch(/^`Are you sure you want to proceed\?` from `Laurie`\n\n[^`]*`HumanResponseEvent`/);
  const [, ...words] = shellWords(/`(temporal [^`]*)`/.exec(card)?.[1] ?? '');
  await temporalCli(...words);
  expect(String(await temporal.client.getHandler(id).result())).toBe('All done.');
});
