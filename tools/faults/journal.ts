/**
 * Journal: what the driver is about to do, what it was told, and what its watchers saw, line by line.
 *
 * Written before and after each thing, so that a driver that was killed goes on from it: what has no outcome is sent
 * again under the same `answerId`. It is the outside view that the oracle judges by.
 *
 * @module
 */
import { type AnyEvent, InputRequiredEvent, type RefusalReason } from 'countersign/client';
import type { Act } from './acts';
import { appendLines, type LineWriter, readLines } from './lines';

/** What the sender of an answer was told. `sent`: a signal was taken by the server, and the stream says the rest. */
export type Outcome =
  | { readonly kind: 'settled'; readonly inputId: string; readonly isKept: boolean }
  | { readonly kind: 'refused'; readonly reason: RefusalReason }
  | { readonly kind: 'sent' }
  | { readonly kind: 'ended' };

export interface Question {
  readonly item: string;
  readonly inputId: string;
  readonly user: string;
}

export type JournalLine =
  | { readonly t: 'boot' }
  | { readonly t: 'started'; readonly run: string }
  /** About to be sent. */
  | { readonly t: 'begin'; readonly run: string; readonly inputId: string; readonly act: Act }
  | { readonly t: 'told'; readonly act: string; readonly outcome: Outcome }
  /** It may have been taken or not: it is sent again. */
  | { readonly t: 'unknown'; readonly act: string; readonly why: string }
  /** A watcher saw an event, as it is here. */
  | { readonly t: 'event'; readonly run: string; readonly watcher: string; readonly event: AnyEvent }
  /** A watcher's stream has ended. */
  | { readonly t: 'end'; readonly watcher: string }
  /** About to send a turn's message, and whether it was taken. */
  | {
      readonly t: 'message';
      readonly run: string;
      readonly turn: number;
      readonly again: number;
      readonly isTaken: boolean;
    }
  | { readonly t: 'done'; readonly run: string }
  /** What must not happen: a stream that throws, an error that nobody expects. */
  | { readonly t: 'trouble'; readonly where: string; readonly text: string }
  | { readonly t: 'all-done' };

/** The last message of a turn. */
interface Said {
  readonly again: number;
  readonly isTaken: boolean;
}

/** Everything is remembered as it is written, and again when the file is opened. */
export class Journal {
  readonly #writer: LineWriter<JournalLine>;
  readonly #mainWatcher: string;
  readonly #started = new Set<string>();
  readonly #told = new Set<string>();
  readonly #lastSeq = new Map<string, number>();
  readonly #ended = new Set<string>();
  readonly #questions = new Map<string, Map<string, Question>>();
  readonly #turnsEnded = new Map<string, number>();
  readonly #said = new Map<string, Said>();
  readonly #done = new Set<string>();

  /** @param mainWatcher Whose view counts: of several watchers each sees every event. */
  constructor(path: string, mainWatcher: string) {
    this.#mainWatcher = mainWatcher;
    for (const line of readLines<JournalLine>(path)) this.#remember(line);
    this.#writer = appendLines(path);
  }

  write(line: JournalLine): void {
    this.#writer.write(line);
    this.#remember(line);
  }

  isStarted(run: string): boolean {
    return this.#started.has(run);
  }

  isTold(act: string): boolean {
    return this.#told.has(act);
  }

  /** The last `seq` that a watcher saw; -1 before the first. */
  lastSeq(watcher: string): number {
    return this.#lastSeq.get(watcher) ?? -1;
  }

  hasEnded(watcher: string): boolean {
    return this.#ended.has(watcher);
  }

  questionsOf(run: string): readonly Question[] {
    return [...(this.#questions.get(run)?.values() ?? [])];
  }

  turnsEnded(run: string): number {
    return this.#turnsEnded.get(run) ?? 0;
  }

  said(run: string, turn: number): Said | undefined {
    return this.#said.get(`${run} ${turn}`);
  }

  isDone(run: string): boolean {
    return this.#done.has(run);
  }

  #remember(line: JournalLine): void {
    if (line.t === 'started') this.#started.add(line.run);
    else if (line.t === 'told') this.#told.add(line.act);
    else if (line.t === 'end') this.#ended.add(line.watcher);
    else if (line.t === 'done') this.#done.add(line.run);
    else if (line.t === 'message') this.#said.set(`${line.run} ${line.turn}`, line);
    else if (line.t === 'event') this.#rememberEvent(line);
  }

  #rememberEvent({ run, watcher, event }: JournalLine & { t: 'event' }): void {
    if (event.seq !== undefined) this.#lastSeq.set(watcher, event.seq);
    if (watcher !== `${run}/${this.#mainWatcher}`) return;
    if (event.type === 'TurnEnded') this.#turnsEnded.set(run, this.turnsEnded(run) + 1);
    if (event.type !== InputRequiredEvent.type) return;
    const question = readQuestion(event);
    const asked = this.#questions.get(run) ?? new Map<string, Question>();
    this.#questions.set(run, asked.set(question.inputId, question));
  }
}

export function readQuestion({ inputId = '', ...event }: AnyEvent): Question {
  return { inputId, item: String(event['item']), user: String(event['user_name']) };
}
