/**
 * Run context: the Context of one tool call, or of a hand-written workflow.
 *
 * Every operation is journalled. Rejections are always handled here, so a promise that a tool forgets to await does not
 * fail the workflow task.
 *
 * @module
 */
import { condition, patched, sleep } from '@temporalio/workflow';
import type { ActivityTool, AgentTask, AgentWorkflow, Context, Store, WaitOptions } from '../../agent';
import {
  AgentError,
  extendsType,
  InputRequiredEvent,
  isEvent,
  isPlainObject,
  jsonBytes,
  LIMITS,
  RESERVED_FIELDS,
  RUN_EVENTS,
  sameJson,
  takeJson,
  type AnyEvent,
  type EventDefinition,
  type EventOf,
  type JsonObject,
  type RunResult,
  unstamped,
  type OperationKind,
} from '../../protocol';
import { endsRun } from '../link/failure';
import { readEvent } from '../questions/incoming';
import type { Asker, Expectation } from '../questions/question';
import { recordedRules } from '../questions/recorded-rules';
import type { Run } from '../run/run';
import { type Body, currentBody, outsideBodies } from './body';
import { readDuration } from './duration';
import type { Journal, Operation } from './journal';
import { callToolActivity } from './tool-activity';

type LastingKind = Extract<OperationKind, 'wait' | 'tool' | 'agent' | 'sleep'>;

/** Runs an agent as an operation of the calling tool. */
export type RunAgent = (
  asker: Asker,
  operation: Operation,
  agent: AgentWorkflow,
  task: AgentTask | string,
) => Promise<RunResult>;

export interface ContextUse {
  readonly runAgent: RunAgent;
  /** Absent for a hand-written workflow, which is never entered again. */
  readonly body?: Body;
  /** The schema has already transformed the arguments of the model's call. */
  readonly isMade?: boolean;
}

export function createContext(run: Run, journal: Journal, asker: Asker, use: ContextUse): Context {
  const { body, runAgent, isMade = false } = use;
  const apart = body === undefined ? <T>(code: () => T): T => code() : outsideBodies;
  const perform = <T>(kind: OperationKind, given: Given, effect: (operationId: string) => T): T => {
    const refusal = closed(body, asker);
    if (refusal !== undefined) throw refusal;
    return apart(() => journal.perform(kind, effect, given));
  };
  const settle = <T>(kind: LastingKind, given: Given, effect: (operation: Operation) => Promise<T>): Promise<T> => {
    const refusal = closed(body, asker);
    apart(() => run.checkLength());
    const outcome =
      refusal === undefined
        ? apart(() => journal.settle(kind, effect, (error) => !endsRun(error), given))
        : Promise.reject<T>(refusal);
    outcome.catch(() => undefined);
    return outcome;
  };
  return {
    writeEventToStream: (given) => {
      const event = readOnce(given);
      return perform('write', [event], (id) => write(run, asker, id, event));
    },
    waitForEvent: <F>(definition: EventDefinition<F>, options: WaitOptions = {}) => {
      const { requirements = {}, waiterEvent, named } = options;
      const [required, asked] = [readOnce(requirements), readOnce(waiterEvent)];
      const { waiterEvent: _asked, ...others } = options;
      const wanted = { ...others, requirements: required, ...(asked === undefined ? {} : { waiterEvent: asked }) };
      return settle('wait', [fieldOf(definition, 'type'), required, asked, named === true], (operation) =>
        wait(run, asker, operation, definition, wanted),
      ) as Promise<EventOf<F>>;
    },
    sendEvent: (given) => {
      const event = readOnce(given);
      perform('send', [event], (id) => send(run, id, event));
    },
    callTool: <Args, Result, Sent>(tool: ActivityTool<Args, Result, Sent>, given: Sent) => {
      const args = readOnce(given);
      return settle('tool', [fieldOf(tool, 'name'), args], (operation) =>
        runTool(run, operation, tool, args, isMade),
      ) as Promise<Result>;
    },
    runAgent: (agent: AgentWorkflow, given: AgentTask | string) => {
      const task = readOnce(given);
      return settle('agent', [fieldOf(agent, 'name'), task], (operation) => runAgent(asker, operation, agent, task));
    },
    sleep: (duration) =>
      settle('sleep', [duration], (operation) =>
        sleepUntil(operation, readDuration(duration, 'The time of ctx.sleep')),
      ),
    data: run.data,
    store: createStore(run, perform),
    now: () => perform('now', undefined, () => Date.now()),
    random: () => perform('random', undefined, () => Math.random()),
  };
}

/** Everything that decides what an operation does, compared when the body is entered again. */
type Given = readonly unknown[] | undefined;

/** `undefined` if it is no definition; the operation reports that. */
function fieldOf(definition: unknown, part: 'name' | 'type'): unknown {
  return (definition as Readonly<Record<string, unknown>> | null | undefined)?.[part];
}

/** Read once, so that what is compared is what is used. The operation refuses what is not JSON. */
function readOnce<T>(given: T): T {
  const taken = takeJson(given);
  return 'problem' in taken ? given : taken.value;
}

/**
 * A context ends with its call. A question asked later would never be settled, and the next link could not read it. A
 * patch, because runs of earlier releases did ask.
 */
function closed(body: Body | undefined, { callId, toolName }: Asker): AgentError | undefined {
  if (body === undefined) return undefined;
  const isOthers = (currentBody() ?? body) !== body;
  if (!(body.journal.isClosed || isOthers) || !patched('countersign-closed-context')) return undefined;
  const what = isOthers ? 'in another call' : 'after that call had ended';
  return new AgentError(
    'CONTEXT_CLOSED',
    `The context of call ${callId} of the tool "${toolName ?? ''}" was used ${what}: nothing was done. Await what a tool begins, and use the ctx that each call is given.`,
    { callId },
  );
}

function write(run: Run, asker: Asker, operationId: string, given: AnyEvent): AnyEvent {
  const event = takeEvent(given);
  if (!extendsType(event.type, InputRequiredEvent.type)) return run.log.append(event);
  return run.ask(operationId, asker, { event }).event as AnyEvent;
}

/** What a wait leaves to be resumed. */
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
  if ('problem' in required || !isPlainObject(required.value)) {
    const problem = 'problem' in required ? required.problem : 'give an object of fields';
    const message = `The requirements of a wait must be a JSON object: ${problem}.`;
    throw new AgentError('INVALID_JSON', message, { where: 'requirements' });
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
  const before = left === undefined ? undefined : run.questions.find(left.inputId);
  if (before !== undefined && asked !== undefined && !sameJson(unstamped(before.event ?? {}), unstamped(asked))) {
    throw operation.diverge('asks something else than it did'); // Earlier releases recorded no digest.
  }
  const question =
    before ??
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
  // A wait that was resumed keeps its deadline, although its code may name no timeout any more.
  const withinMs = timeoutMs ?? Date.parse(deadline as string) - Date.parse(question.askedAt);
  throw new AgentError(
    'INPUT_TIMED_OUT',
    `No ${definition.type} came within ${withinMs} ms for the question "${question.inputId}".`,
    { inputId: question.inputId, timeoutMs: withinMs },
  );
}

/** A wait for a field that no event can have would last for ever. Earlier releases allowed it, and their runs go on. */
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
  if (!run.activities.tryBegin('tool')) await run.activities.beginWhenRoom('tool');
  try {
    return await callToolActivity(tool, args, operation, { isMade, data: run.data });
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

/** @returns A copy. @throws AgentError `INVALID_EVENT`. */
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

function createStore(run: Run, perform: <T>(kind: OperationKind, given: Given, effect: () => T) => T): Store {
  return {
    get: (key: string, fallback?: never) => perform('get', [key], () => run.store.get(key)) ?? fallback,
    set: (key, given) => {
      const value = readOnce(given as unknown);
      perform('set', [key, value], () => run.store.set(key, value));
    },
    delete: (key) => perform('set', [key], () => run.store.delete(key)),
    keys: () => perform('keys', undefined, () => run.store.keys()),
  } as Store;
}
