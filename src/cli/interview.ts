/**
 * Interview: asks the person at the keyboard a run's open questions, one at a time.
 *
 * The run itself says what is open, since somebody else may answer first; then the question is withdrawn. Answers go by
 * signal and name their question. A refused answer comes back as an AnswerRefused event, and the question is asked
 * again.
 *
 * @module
 */
import type { WorkflowHandler } from '../client';
import {
  answerCommands,
  AnswerRefused,
  type AnyEvent,
  type ExpectedField,
  extendsType,
  HumanResponseEvent,
  type PendingInput,
  type RunPlace,
} from '../protocol';
import type { Terminal } from './terminal';
import { oneLine } from './text';
import { askedFields, hintOf, isPlainResponse, readField, readObject } from './typed-answer';

export interface InterviewOptions {
  readonly handler: WorkflowHandler;
  readonly place: RunPlace;
  readonly terminal: Terminal;
  /** The answer to every question, instead of typing. */
  readonly answer?: string;
}

interface Asking {
  input: PendingInput;
  readonly withdrawal: AbortController;
  /** The id of the answer that is under way. */
  sent?: string;
}

export class Interview {
  readonly #options: InterviewOptions;
  #asking: Asking | undefined;
  /** Questions by the id of their answer, whose refusal may come after the question has gone. */
  readonly #sent = new Map<string, Asking>();
  #looking: Promise<void> | undefined;
  /** The last printed event: a question is asked only after its own. */
  #lastPrinted = -1;
  readonly #fail: (error: unknown) => void;
  /** Rejects when a question cannot be asked, or the answer given beforehand is refused. Never resolves. */
  readonly failed: Promise<never>;

  constructor(options: InterviewOptions) {
    this.#options = options;
    const { promise, reject } = rejectable();
    this.failed = promise;
    this.#fail = reject;
  }

  /** Whether a person is being waited for. */
  get isAsking(): boolean {
    return this.#asking !== undefined && this.#asking.sent === undefined;
  }

  /** Checks what is open: asks the next question, withdraws a settled one. */
  async look(): Promise<void> {
    this.#looking ??= this.#lookOnce()
      .catch(() => undefined) // It looks again soon; the reader of the events reports errors.
      .finally(() => {
        this.#looking = undefined;
      });
    await this.#looking;
  }

  /** Call it after each printed event, which may refuse an answer. */
  heard(event: AnyEvent): void {
    this.#lastPrinted = event.seq ?? this.#lastPrinted;
    if (!AnswerRefused.is(event)) return;
    const asking = this.#sent.get(event.answerId ?? '');
    if (asking === undefined) return;
    this.#sent.delete(event.answerId ?? '');
    delete asking.sent;
    const message = oneLine(event.message);
    if (this.#options.answer !== undefined) {
      this.#fail(new Error(`The answer given with --answer was refused (${event.reason}): ${message}`));
      return;
    }
    const { terminal } = this.#options;
    terminal.line(terminal.paint('yellow', `Your answer was refused (${event.reason}): ${message}`));
    if (this.#asking !== asking) return;
    if (!event.open.includes(asking.input.inputId)) {
      this.#asking = undefined;
      return;
    }
    if (asking.input.expectedType !== HumanResponseEvent.type) {
      terminal.line(terminal.paint('dim', 'An answer of several fields can be typed as a JSON object.'));
    }
    this.#put(asking);
  }

  /** Stops asking. */
  close(): void {
    this.#asking?.withdrawal.abort();
    this.#asking = undefined;
  }

  async #lookOnce(): Promise<void> {
    const pending = (await this.#options.handler.pendingInputs()).filter(isForPeople);
    const asking = this.#asking;
    if (asking !== undefined) {
      const now = pending.find(({ inputId }) => inputId === asking.input.inputId);
      if (now !== undefined)
        asking.input = now; // What it requires is known once the tool waits.
      else await this.#withdraw(asking);
    }
    const next = pending.find(({ event }) => (event?.seq ?? -1) <= this.#lastPrinted);
    if (this.#asking !== undefined || next === undefined) return;
    this.#asking = { input: next, withdrawal: new AbortController() };
    this.#introduce(next);
    this.#put(this.#asking);
  }

  async #withdraw(asking: Asking): Promise<void> {
    const { handler, terminal } = this.#options;
    const isTimedOut = asking.input.deadline !== undefined && Date.parse(asking.input.deadline) <= Date.now();
    const { state } = await handler.status();
    if (this.#asking === asking) this.#asking = undefined;
    asking.withdrawal.abort();
    if (asking.sent !== undefined || state === 'cancelled' || state === 'failed' || state === 'timed_out') return;
    terminal.line(
      isTimedOut ? 'The time to answer is over; the run goes on.' : 'Answered from elsewhere; the run goes on.',
    );
  }

  #introduce(input: PendingInput): void {
    const { terminal, place, answer } = this.#options;
    if (answer !== undefined) return;
    terminal.line();
    terminal.line(terminal.paint('dim', 'Answer here, or from another terminal:'));
    for (const line of answerCommands(place, input)) terminal.line(`  ${line}`);
    terminal.line();
  }

  #put(asking: Asking): void {
    this.#ask(asking).catch(this.#fail);
  }

  async #ask(asking: Asking): Promise<void> {
    const { handler, terminal } = this.#options;
    const fields = await this.#typedFields(asking);
    if (fields === undefined) return;
    asking.sent = crypto.randomUUID();
    this.#sent.set(asking.sent, asking);
    terminal.busy('The agent works');
    const { inputId, expectedType, requirements } = asking.input;
    await handler.sendEvent({ ...requirements, ...fields, type: expectedType, inputId, answerId: asking.sent });
  }

  /** @returns The answer's fields; undefined when the question was withdrawn. */
  async #typedFields({ input, withdrawal }: Asking): Promise<Readonly<Record<string, unknown>> | undefined> {
    const { terminal, answer } = this.#options;
    const question = questionText(input);
    const wanted = askedFields(input);
    const isPlain = isPlainResponse(wanted);
    const fields: Record<string, unknown> = {};
    for (const [nth, field] of (isPlain ? [RESPONSE] : wanted).entries()) {
      const hint = hintOf(field);
      const name = isPlain || wanted.length === 1 ? '' : `${oneLine(field.name)}${hint === '' ? '' : ', '}`;
      const asks = `${nth === 0 ? question : ''}${`${name}${hint}` === '' ? '' : `(${name}${hint}) `}`;
      let read: ReturnType<typeof readField> | undefined;
      while (read === undefined || 'problem' in read) {
        if (answer !== undefined) terminal.line(`${asks}${oneLine(answer)}`);
        const typed = answer ?? (await terminal.ask(asks, withdrawal.signal));
        if (typed === undefined) return undefined;
        const all = nth === 0 ? readObject(typed) : undefined;
        if (all !== undefined) return isPlain ? { response: typed, ...all } : all;
        read =
          typed.trim() === '' ? { problem: 'Nothing was sent: an empty line is no answer.' } : readField(field, typed);
        if ('value' in read) fields[field.name] = read.value;
        else if (answer !== undefined) throw new Error(`The answer given with --answer does not fit: ${read.problem}`);
        else terminal.line(read.problem);
      }
    }
    return fields;
  }
}

const RESPONSE: ExpectedField = { name: 'response', kind: 'string' };

/** Other waits are for events that no person types. */
function isForPeople({ expectedType }: PendingInput): boolean {
  return extendsType(expectedType, HumanResponseEvent.type);
}

function questionText({ event, expectedType }: PendingInput): string {
  const prefix = event?.['prefix'];
  return `${oneLine(typeof prefix === 'string' && prefix.trim() !== '' ? prefix : `Enter a ${expectedType}:`)} `;
}

function rejectable(): { readonly promise: Promise<never>; readonly reject: (error: unknown) => void } {
  let reject: (error: unknown) => void = () => undefined;
  const promise = new Promise<never>((_resolve, rejected) => {
    reject = rejected;
  });
  promise.catch(() => undefined);
  return { promise, reject };
}
