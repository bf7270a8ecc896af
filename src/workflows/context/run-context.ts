/**
 * Run context: the Context of one tool call, or of a hand-written workflow.
 *
 * Every operation is journalled; nothing here has an effect outside the journal. A promise that a tool
 * leaves unawaited must not fail the workflow task, so its rejection is always seen.
 *
 * @module
 */
import { condition, patched, sleep } from '@temporalio/workflow';
import type { ActivityTool, AgentTask, AgentWorkflow, Context, OperationKind, Store, WaitOptions } from '../../agent';
import {
  AgentError,
  extendsType,
  InputRequiredEvent,
  isEvent,
  jsonBytes,
  LIMITS,
  RESERVED_FIELDS,
  RUN_EVENTS,
  takeJson,
  type AnyEvent,
  type EventDefinition,
  type EventOf,
  type JsonObject,
} from '../../protocol';
import { readDuration } from './duration';
import { endsRun } from '../failure';
import { readEvent } from '../questions/incoming';
import { runNested } from '../loop/nested';
import type { Journal, Operation } from './journal';
import type { Expectation } from '../questions/matching';
import type { Asker } from '../questions/judge';
import { recordedRules } from '../questions/recorded-rules';
import type { Run } from '../run';
import { callToolActivity } from './tool-activity';

type LastingKind = Extract<OperationKind, 'wait' | 'tool' | 'agent' | 'sleep'>;

/** @param isMade The arguments that the model's own call hands to an activity tool are what its schema has made. */
export function createContext(run: Run, journal: Journal, asker: Asker, isMade = false): Context {
  const perform = <T>(kind: OperationKind, effect: (operationId: string) => T): T => {
    const refusal = closed(journal, asker);
    if (refusal !== undefined) throw refusal;
    return journal.perform(kind, effect);
  };
  const settle = <T>(kind: LastingKind, effect: (operation: Operation) => Promise<T>): Promise<T> => {
    const refusal = closed(journal, asker);
    run.checkLength();
    const outcome =
      refusal === undefined ? journal.settle(kind, effect, (error) => !endsRun(error)) : Promise.reject<T>(refusal);
    outcome.catch(() => undefined);
    return outcome;
  };
  return {
    writeEventToStream: (event) => perform('write', (id) => write(run, asker, id, event)),
    waitForEvent: <F>(definition: EventDefinition<F>, options: WaitOptions = {}) =>
      settle('wait', (operation) => wait(run, asker, operation, definition, options)) as Promise<EventOf<F>>,
    sendEvent: (event) => perform('send', (id) => send(run, id, event)),
    callTool: <Args, Result, Sent>(tool: ActivityTool<Args, Result, Sent>, args: Sent) =>
      settle('tool', (operation) => runTool(run, operation, tool, args, isMade)) as Promise<Result>,
    runAgent: (agent: AgentWorkflow, task: AgentTask | string) =>
      settle('agent', (operation) => runNested(run, asker, operation, agent, task)),
    sleep: (duration) =>
      settle('sleep', (operation) => sleepUntil(operation, readDuration(duration, 'The time of ctx.sleep'))),
    store: createStore(run, perform),
    now: () => perform('now', () => Date.now()),
    random: () => perform('random', () => Math.random()),
  };
}

/**
 * A context ends with its call: what code that was left behind asks, nobody would settle, and the next link of the run
 * could not read. Only here is a patch needed: runs of earlier releases did it.
 */
function closed({ isClosed, callId }: Journal, { toolName }: Asker): AgentError | undefined {
  if (!isClosed || !patched('countersign-closed-context')) return undefined;
  return new AgentError(
    'CONTEXT_CLOSED',
    `The tool "${toolName ?? ''}" used the context of its call ${callId} after that call had ended: nothing was done. Await what a tool begins, and keep no ctx for later.`,
    { callId },
  );
}

function write(run: Run, asker: Asker, operationId: string, given: AnyEvent): AnyEvent {
  const event = takeEvent(given);
  if (!extendsType(event.type, InputRequiredEvent.type)) return run.log.append(event);
  return run.ask(operationId, asker, { event }).event as AnyEvent;
}

/** What a wait leaves to be taken up again: its question, and when its time is over. */
interface OpenWait {
  readonly inputId: string;
  readonly deadline?: string;
}

async function wait(
  run: Run,
  asker: Asker,
  operation: Operation,
  definition: Expectation['definition'],
  options: WaitOptions,
): Promise<AnyEvent> {
  const { requirements = {}, waiterEvent, waiterId, named, timeout } = options;
  const required = takeJson(requirements);
  if ('problem' in required) {
    throw new AgentError('INVALID_JSON', `The requirements of a wait must be JSON: ${required.problem}.`, {
      where: 'requirements',
    });
  }
  checkRequirements(required.value);
  const asked = waiterEvent === undefined ? undefined : takeEvent(waiterEvent);
  const timeoutMs = timeout === undefined ? undefined : readDuration(timeout, 'The timeout of a wait');
  const left = operation.resumed as OpenWait | undefined;
  const deadline =
    left?.deadline ?? (timeoutMs === undefined ? undefined : new Date(Date.now() + timeoutMs).toISOString());
  const expectation = {
    definition,
    requirements: required.value,
    ...(named === true ? { isNamed: true as const } : {}),
    ...(waiterId === undefined ? {} : { waiterId }),
    ...(deadline === undefined ? {} : { deadline }),
  };
  const question =
    (left === undefined ? undefined : run.questions.find(left.inputId)) ??
    (asked === undefined
      ? (run.questions.unclaimed(asker.callId, expectation) ?? run.ask(operation.id, asker, { expectation }))
      : run.ask(operation.id, asker, { event: asked, expectation }));
  run.questions.admitWait(question, expectation);
  operation.note({ inputId: question.inputId, ...(deadline === undefined ? {} : { deadline }) } satisfies OpenWait);
  run.expect(question, expectation);
  const isAnswered = (): boolean => question.answer !== undefined;
  try {
    if (deadline === undefined) await condition(isAnswered);
    else await condition(isAnswered, Math.max(1, Date.parse(deadline) - Date.now()));
  } catch (error) {
    if (isAnswered()) run.questions.delivered();
    run.withdraw(question);
    throw error;
  }
  if (question.answer !== undefined) {
    run.questions.delivered();
    return question.answer;
  }
  run.timeOut(question);
  throw new AgentError(
    'INPUT_TIMED_OUT',
    `No ${definition.type} came within ${timeoutMs} ms for the question "${question.inputId}".`,
    { inputId: question.inputId, timeoutMs: timeoutMs as number },
  );
}

/** A required field that no event can have would be waited for without end. Code of before did: its runs go on to. */
function checkRequirements(requirements: JsonObject): void {
  const reserved = RESERVED_FIELDS.find((name) => Object.hasOwn(requirements, name));
  if (reserved === undefined || !patched('countersign-reserved-requirement')) return;
  throw new AgentError(
    'INVALID_DEFINITION',
    `A wait cannot require the field "${reserved}", which is reserved: no event has it for a field of its own. Rename it. Reserved are ${RESERVED_FIELDS.join(', ')}.`,
    { name: reserved },
  );
}

async function runTool(
  run: Run,
  operation: Operation,
  tool: ActivityTool,
  args: unknown,
  isMade: boolean,
): Promise<unknown> {
  if (!run.activities.hasRoom) await run.activities.whenRoom();
  run.activities.begin('tool');
  try {
    return await callToolActivity(tool, args, operation, isMade);
  } finally {
    run.activities.end('tool');
  }
}

async function sleepUntil({ resumed, note }: Operation, ms: number): Promise<void> {
  const until = (resumed as { readonly until: number } | undefined)?.until ?? Date.now() + ms;
  note({ until });
  await sleep(Math.max(1, until - Date.now()));
}

function send(run: Run, operationId: string, event: AnyEvent): void {
  const incoming = readEvent(event);
  const verdict = run.questions.take(incoming, recordedRules(run.questions, incoming, `sent-${operationId}`));
  run.refreshCard();
  if (verdict.kind !== 'refused') return;
  throw new AgentError('ANSWER_REFUSED', verdict.message, { reason: verdict.reason, open: verdict.open });
}

/** A copy of what a tool gave as an event. @throws AgentError `INVALID_EVENT`. */
function takeEvent(given: unknown): AnyEvent {
  const fail = (type: string, problem: string): never => {
    throw new AgentError('INVALID_EVENT', `This event cannot be written to the stream: ${problem}.`, { type });
  };
  const taken = takeJson(given);
  if ('problem' in taken) return fail('', taken.problem);
  const event = taken.value;
  if (!isEvent(event)) return fail('', 'it has no "type"; make events with defineEvent');
  if (jsonBytes(event) > LIMITS.messageBytes) fail(event.type, `it is larger than ${LIMITS.messageBytes} bytes`);
  const own = RUN_EVENTS.find(({ type }) => extendsType(event.type, type));
  if (own !== undefined) fail(event.type, `only the run itself writes ${own.type}; define a type of your own`);
  return event;
}

function createStore(run: Run, perform: <T>(kind: OperationKind, effect: () => T) => T): Store {
  return {
    get: (key: string, fallback?: never) => perform('get', () => run.store.get(key)) ?? fallback,
    set: (key, value) => perform('set', () => run.store.set(key, value)),
    delete: (key) => perform('set', () => run.store.delete(key)),
    keys: () => perform('keys', () => run.store.keys()),
  } as Store;
}
