/**
 * Plays expense reports from start to result, and ends with 1 when anything is not as the README beside it says.
 *
 * Needs nothing that runs: it uses the Temporal server that TEMPORAL_ADDRESS names or starts one, and has a worker
 * of its own on a task queue of its own.
 *
 * @module
 */
import assert from 'node:assert/strict';
import { DefaultLogger, Runtime } from '@temporalio/worker';
import {
  AgentClient,
  type AnyEvent,
  AnswerRefused,
  type EventDefinition,
  type EventOf,
  isAgentError,
  StopEvent,
  type WorkflowHandler,
} from 'countersign/client';
import { startDevServer } from 'countersign/testing';
import { createWorker } from 'countersign/worker';
import { ExpenseApprovalRequired, ExpenseDecision, PaymentSent } from './events';
import { type ExpenseOutcome, type ExpenseReport, expenseReport } from './workflows';

type Run = WorkflowHandler<ExpenseOutcome>;
type Start = (report: ExpenseReport) => Promise<Run>;

const TRIP = { amount: 1200, currency: 'EUR', purpose: 'Train to Lyon' };

async function main(): Promise<void> {
  Runtime.install({
    logger: new DefaultLogger('WARN'),
    telemetryOptions: { logging: { filter: { core: 'WARN', other: 'ERROR' }, forward: {} } },
  });
  const server = await startDevServer();
  process.env['TEMPORAL_ADDRESS'] = server.address; // From where client and worker take it, as the Temporal CLI does.
  try {
    const taskQueue = `expense-${crypto.randomUUID()}`;
    const worker = await createWorker({ workflows: require.resolve('./workflows'), taskQueue });
    const client = await AgentClient.connect();
    // What never comes is an end of the run instead, and so a failure here.
    const options = { taskQueue, workflowExecutionTimeout: '1 minute' } as const;
    const start: Start = async (report) => await client.run(expenseReport, report, options);
    await worker.runUntil(async () => {
      await bothApprove(client, start);
      await managerAlone(start);
      await oneRefuses(start);
      await nobodyAnswers(start);
    });
    await client.close();
  } finally {
    await server.stop();
  }
  console.log('\nAll as promised.');
}

async function bothApprove(client: AgentClient, start: Start): Promise<void> {
  title('1200 EUR: the manager and finance are asked side by side, and either may answer first');
  const run = await start(TRIP);
  const events = run.streamEvents();
  const toManager = await next(events, ExpenseApprovalRequired);
  const toFinance = await next(events, ExpenseApprovalRequired);
  assert.deepEqual([toManager.role, toFinance.role], ['manager', 'finance']);

  // As the Temporal UI and CLI send it. It has no `type`: it takes the wait's.
  await signal(client, run, 'HumanResponseEvent', { role: 'intern', approved: true, inputId: toManager.inputId });
  assert.equal((await next(events, AnswerRefused)).reason, 'not_waiting');
  await signal(client, run, 'HumanResponseEvent', { role: 'finance', approved: true, inputId: toFinance.inputId });
  assert.equal((await next(events, ExpenseDecision)).role, 'finance');

  // A process that knows the run's id alone, and hears at once whether its answer was taken.
  const elsewhere = client.getHandler(run.workflowId);
  await refused('invalid', elsewhere.respond(toManager, { role: 'manager', approved: 'perhaps' }));
  await refused('not_waiting', elsewhere.respond(toManager, { role: 'finance', approved: true }));
  await elsewhere.respond(toManager, { role: 'manager', approved: true, comment: 'Enjoy Lyon.' });
  assert.equal((await next(events, ExpenseDecision)).role, 'manager');

  await signal(client, run, 'sendEvent', { type: 'PaymentSent', reference: 'SEPA-4711' });
  await next(events, StopEvent);
  await ends(run, {
    status: 'paid',
    decisions: [
      { role: 'finance', approved: true },
      { role: 'manager', approved: true, comment: 'Enjoy Lyon.' },
    ],
    reference: 'SEPA-4711',
  });
}

async function managerAlone(start: Start): Promise<void> {
  title('500 EUR: the manager alone; a payment sent before the approval is kept');
  const run = await start({ ...TRIP, amount: 500 });
  const events = run.streamEvents();
  const question = await next(events, ExpenseApprovalRequired);
  assert.equal((await run.pendingInputs()).length, 1);
  await run.sendEvent(PaymentSent({ reference: 'SEPA-4712' }));
  await run.respond(question, ExpenseDecision({ role: 'manager', approved: true }));
  await next(events, ExpenseDecision);
  await next(events, StopEvent);
  await ends(run, {
    status: 'paid',
    decisions: [{ role: 'manager', approved: true }],
    reference: 'SEPA-4712',
  });
}

async function oneRefuses(start: Start): Promise<void> {
  title('One refusal is enough: the run ends, and the other is asked no longer');
  const run = await start(TRIP);
  const events = run.streamEvents();
  const toManager = await next(events, ExpenseApprovalRequired);
  const toFinance = await next(events, ExpenseApprovalRequired);
  await run.respond(toFinance, { role: 'finance', approved: false, comment: 'No budget.' });
  await next(events, ExpenseDecision);
  await next(events, StopEvent);
  await ends(run, {
    status: 'refused',
    decisions: [{ role: 'finance', approved: false, comment: 'No budget.' }],
  });
  assert.deepEqual(await run.pendingInputs(), []);
  const tooLate = await thrownBy(run.respond(toManager, { role: 'manager', approved: true }));
  assert.ok(isAgentError(tooLate, 'RUN_ENDED'), 'An answer to the run that has ended was taken');
}

async function nobodyAnswers(start: Start): Promise<void> {
  title('Silence never approves');
  const run = await start({ ...TRIP, decideWithin: '1 second' });
  await ends(run, { status: 'expired', decisions: [] });
  assert.deepEqual(await run.pendingInputs(), []);
}

/** The next event of a stream, which must be of this type. */
async function next<F>(events: AsyncIterator<AnyEvent, void>, definition: EventDefinition<F>): Promise<EventOf<F>> {
  const { value: event } = await events.next();
  assert.ok(definition.is(event), `${JSON.stringify(event)} came instead of a ${definition.type}`);
  const { type, seq, role, approved, prefix, message }: AnyEvent = event;
  const what = [role, typeof approved === 'boolean' ? (approved ? 'yes' : 'no') : (prefix ?? message)];
  console.log(`  ${seq ?? '-'}  ${type.padEnd(42)} ${what.filter(Boolean).join(': ')}`.trimEnd());
  return event;
}

/** With Temporal's own client, as anybody's code can. */
async function signal({ temporal }: AgentClient, { workflowId }: Run, name: string, input: object): Promise<void> {
  console.log(`     signal ${name} ${JSON.stringify(input)}`);
  await temporal.workflow.getHandle(workflowId).signal(name, input);
}

async function refused(reason: string, answer: Promise<unknown>): Promise<void> {
  const error = await thrownBy(answer);
  assert.ok(isAgentError(error, 'ANSWER_REFUSED'), `An answer was not refused as ${reason}`);
  assert.equal(error.details.reason, reason);
  console.log(`     refused as ${reason}: ${error.message}`);
}

async function thrownBy(promise: Promise<unknown>): Promise<unknown> {
  return await promise.then(
    () => undefined,
    (error: unknown) => error,
  );
}

async function ends(run: Run, expected: ExpenseOutcome): Promise<void> {
  const outcome = await run.result();
  assert.deepEqual(outcome, expected);
  console.log(`     ${JSON.stringify(outcome)}`);
}

function title(text: string): void {
  console.log(`\n${text}`);
}

main().catch((error: Error) => {
  console.error(process.env['COUNTERSIGN_DEBUG'] ? error : `expense-report: ${error.message}`);
  process.exit(1);
});
