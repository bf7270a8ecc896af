/**
 * Messages: the message handlers of a run.
 *
 * All are set before the first await and are synchronous. Signals never throw; updates throw only refusals. The
 * Temporal UI and CLI show the descriptions.
 *
 * @module
 */
import { ApplicationFailure, defineQuery, defineSignal, defineUpdate, setHandler } from '@temporalio/workflow';
import {
  AgentError,
  errorText,
  isAgentError,
  isKeyProblem,
  isPlainObject,
  jsonBytes,
  LIMITS,
  messageText,
  QUERIES,
  saidBy,
  readable,
  SIGNALS,
  UPDATES,
  undecodableProblem,
  undecodableReason,
  type EventsPage,
  type MessagePlace,
  type EventsRequest,
  type PendingInput,
  type RefusalReason,
  type RunStatus,
  type Settlement,
  type ContextJson,
  type TranscriptPage,
} from '../protocol';
import { readAnswer, readEvent } from './questions/incoming';
import { recordedRules } from './questions/recorded-rules';
import { toFailure } from './link/failure';
import { heldRefusal, messageProblem } from './session/held-messages';
import { readMessage } from './session/mailbox';
import { refusalFailure } from './link/failure';
import { plain } from './guard/plain-signals';
import type { Run } from './run/run';
import type { Session } from './session/session';
import { contextOf } from './session/snapshot';
import type { Incoming, Verdict } from './questions/question';

const answerSignal = defineSignal<[unknown]>(SIGNALS.answer);
const eventSignal = defineSignal<[unknown]>(SIGNALS.event);
const messageSignal = defineSignal<[unknown]>(SIGNALS.message);
const closeSignal = defineSignal(SIGNALS.close);
const messageUpdate = defineUpdate<MessagePlace, [unknown]>(UPDATES.message);
const respondUpdate = defineUpdate<Settlement, [unknown]>(UPDATES.respond);
const eventsQuery = defineQuery<EventsPage, [EventsRequest?]>(QUERIES.events);
const pendingInputsQuery = defineQuery<readonly PendingInput[]>(QUERIES.pendingInputs);
const statusQuery = defineQuery<RunStatus>(QUERIES.status);
const contextQuery = defineQuery<ContextJson>(QUERIES.context);
const transcriptQuery = defineQuery<TranscriptPage, [{ from?: number; upTo?: number; thread?: string }?]>(
  QUERIES.transcript,
);

const EXAMPLE = '{"response": "yes", "user_name": "Laurie", "inputId": "1.0.0-..."}';

export function setMessageHandlers(session: Session): void {
  const { run, intake } = session;
  setHandler(
    answerSignal,
    plain((payload: unknown) => receive(session, payload, readAnswer)),
    {
      description: `Answer a question: ${EXAMPLE}. The run's card has the line for each choice, and the query pendingInputs all that is open.`,
    },
  );
  setHandler(
    eventSignal,
    plain((payload: unknown) => receive(session, payload, readEvent)),
    {
      description:
        'Send another event to a wait: {"type": "PaymentReceived", "amount": 12}. One that nothing waits for yet is kept.',
    },
  );
  setHandler(
    respondUpdate,
    (payload): Settlement => {
      countUpdate(run);
      const incoming = readNow(run, payload, readAnswer);
      const verdict = run.questions.take(incoming, recordedRules(run.questions, incoming));
      if (verdict.kind === 'refused' && run.isReapplying) run.refused(incoming, verdict);
      const { inputId, kind } = accepted(run, verdict);
      run.judged(verdict);
      return {
        inputId,
        said: saidBy(incoming),
        ...(kind === 'kept' ? { isKept: true } : {}),
        ...(incoming.inputId === undefined ? { isUnnamed: true } : {}),
        ...(incoming.answerId === undefined ? {} : { answerId: incoming.answerId }),
      };
    },
    {
      validator: (payload) => {
        // A reapplied update is accepted first and then refused, so that history and stream show it: its sender may
        // know it as taken.
        if (run.isReapplying) return;
        checkUpdates(run);
        const incoming = readAnswer(payload);
        const refusal = heldRefusal(intake, incoming);
        if (refusal !== undefined) throw refusedMessage(refusal.message, run, refusal.reason);
        accepted(run, run.questions.judge(incoming));
      },
      description: `Answer a question and hear at once whether the answer was taken: ${EXAMPLE}. Needs a running worker.`,
    },
  );
  setHandler(
    messageSignal,
    plain((payload: unknown) => receiveMessage(session, payload)),
    {
      description:
        'A further user message to a conversation: {"text": "..."}, or {"content": [...]} with images and files. Its turn begins when those before it have ended.',
    },
  );
  const takeMessage = (payload: unknown): MessagePlace => {
    countUpdate(run);
    return takenMessage(session, payload);
  };
  setHandler(messageUpdate, takeMessage, {
    validator: (payload) => {
      if (run.isReapplying) return;
      checkUpdates(run);
      const message = readMessage(payload);
      const problem =
        'problem' in message
          ? `The message cannot be used: ${message.problem}.`
          : (intake.mailbox.refusal(message.content) ?? messageProblem(intake, message.content));
      if (problem !== undefined) throw refusedMessage(problem, run);
    },
    description:
      'The same, and hear at once its place in the queue, and which questions must be answered first. Needs a running worker.',
  });
  setHandler(
    closeSignal,
    plain(() => intake.mailbox.close()),
    {
      description: 'End a conversation after the messages that are queued. Takes nothing.',
    },
  );
  setHandler(eventsQuery, (request) => run.log.page(readEventsRequest(request)), {
    description:
      'The stream, a page at a time: nothing, or {"after": 4, "limit": 100}. Ask again after "next", until "done".',
  });
  setHandler(pendingInputsQuery, () => run.questions.pending(), {
    description: 'The open questions: what is asked, of whom, and what an answer must have.',
  });
  setHandler(statusQuery, () => session.status(), {
    description: 'Where the run is: state, agent, step, open questions.',
  });
  setHandler(contextQuery, () => givenContext(session), {
    description:
      'All that another run needs to go on from here: start it with {"context": this}, and "userMsg" when this one has ended.',
  });
  setHandler(
    transcriptQuery,
    (request) => {
      const { thread, range } = readTranscriptRequest(request);
      const { from = 0, upTo = Number.MAX_SAFE_INTEGER } = range;
      return session.transcript(thread, from, upTo);
    },
    {
      description:
        'The conversation as the model is told it: nothing, or {"from": 0, "upTo": 10}; with "thread", that of an agent which a tool runs.',
    },
  );
}

/** Marks messages that a reset reapplied. */
function readNow(run: Run, payload: unknown, read: (payload: unknown) => Incoming): Incoming {
  const incoming = read(payload);
  return run.isReapplying ? { ...incoming, isReapplied: true } : incoming;
}

function receive({ run, intake }: Session, payload: unknown, read: (payload: unknown) => Incoming): void {
  run.traffic.countSignal();
  try {
    intake.receive(readNow(run, payload, read));
  } catch (error) {
    intake.receive({ fields: {}, problem: errorText(error), received: '', bytes: 0 });
  }
}

function receiveMessage({ run, intake }: Session, payload: unknown): void {
  run.traffic.countSignal();
  const taken = intake.receiveMessage(payload);
  if ('problem' in taken) sayRefused(run, payload, taken.problem);
}

function takenMessage({ run, intake }: Session, payload: unknown): MessagePlace {
  const taken = intake.receiveMessage(payload);
  if ('place' in taken) return taken;
  if (run.isReapplying) sayRefused(run, payload, taken.problem);
  throw refusedMessage(taken.problem, run);
}

function sayRefused(run: Run, message: unknown, problem: string): void {
  const { received } = readEvent(message);
  const refusal = { reason: 'invalid' as const, message: problem, open: run.questions.openIds };
  run.refused({ fields: {}, received, bytes: 0 }, refusal);
}

function countUpdate(run: Run): void {
  run.traffic.countUpdate();
  if (run.traffic.isHeavy(1)) run.checkLength();
}

/** Beyond its limit Temporal never answers an update, so it is refused before that. */
function checkUpdates({ traffic }: Run): void {
  const message = traffic.updatesProblem;
  if (message === undefined) return;
  throw ApplicationFailure.nonRetryable(message, 'LIMIT_EXCEEDED', { limit: 'linkUpdates' });
}

function refusedMessage(text: string, run: Run, reason: RefusalReason = 'invalid'): ApplicationFailure {
  const message = messageText(text);
  const details = [{ reason, open: run.questions.openIds }];
  return refusalFailure(message, details);
}

/** @throws ApplicationFailure `ANSWER_REFUSED`, which only the sender of the update sees. */
function accepted(run: Run, verdict: Verdict): { readonly kind: 'settles' | 'kept'; readonly inputId: string } {
  if (verdict.kind === 'settles' || verdict.kind === 'kept') return verdict;
  const { reason, message, open } =
    verdict.kind === 'refused'
      ? verdict
      : { reason: 'invalid', message: 'This is no answer.', open: run.questions.openIds };
  const details = [{ reason, open, ...(run.hasJobsToCome && reason === 'not_waiting' ? { again: true } : {}) }];
  throw refusalFailure(message, details);
}

function readEventsRequest(request: unknown): EventsRequest {
  const { after, limit } = readObject(request, ['after', 'limit']);
  if (limit !== undefined && limit < 1) throw badQuery('"limit" must be 1 or more');
  return { ...(after === undefined ? {} : { after }), ...(limit === undefined ? {} : { limit }) };
}

function readTranscriptRequest(request: unknown): {
  readonly thread: string | undefined;
  readonly range: { from?: number; upTo?: number };
} {
  if (!isPlainObject(request) || typeof request['thread'] !== 'string') {
    return { thread: undefined, range: readObject(request, ['from', 'upTo']) };
  }
  const { thread, ...range } = request;
  return { thread, range: readObject(range, ['from', 'upTo']) };
}

/** @throws ApplicationFailure `LIMIT_EXCEEDED` or `INVALID_CONTEXT` when the context cannot be returned. */
function givenContext(session: Session): ContextJson {
  try {
    const context = contextOf(session);
    const bytes = jsonBytes(context);
    if (bytes <= LIMITS.contextBytes) return context;
    const message = `The context has ${bytes} bytes, and a query gives at most ${LIMITS.contextBytes}: bound the conversation with "memory".`;
    throw new AgentError('LIMIT_EXCEEDED', message, { limit: 'contextBytes' });
  } catch (error) {
    throw isAgentError(error) ? readable(toFailure(error)) : error;
  }
}

/**
 * Fails the query only. It quotes none of the input, which the worker may have decrypted: a query's failure travels in
 * plain text.
 */
function badQuery(message: string): ApplicationFailure {
  return readable(ApplicationFailure.nonRetryable(message, 'TypeError'));
}

/** Names the missing key, which is readable in the payload. */
function undecodableArgument(request: unknown): string {
  const why = undecodableReason(request);
  const reason = why !== undefined && isKeyProblem(why) ? ` (${why})` : '';
  return `The query's argument cannot be used: it cannot be decoded${reason}; send JSON, encoding json/plain`;
}

/** Reads a query's argument: nothing, or an object of integers. */
function readObject<Name extends string>(request: unknown, names: readonly Name[]): { [name in Name]?: number } {
  if (request === undefined || request === null) return {};
  if (undecodableProblem(request) !== undefined) throw badQuery(undecodableArgument(request));
  const fields = isPlainObject(request) ? request : { argument: request };
  const found: { [name in Name]?: number } = {};
  for (const [name, value] of Object.entries(fields)) {
    const isKnown = (names as readonly string[]).includes(name);
    if (!isKnown || !Number.isInteger(value)) {
      const taken = names.map((known) => `"${known}": an integer`).join(', ');
      throw badQuery(`The query takes {${taken}}, and ${isKnown ? `"${name}" is none` : 'something else was sent'}`);
    }
    found[name as Name] = value as number;
  }
  return found;
}
