/**
 * Thread: one agent conversation within a run, with its current agent and turn.
 *
 * The main thread is the run's own. One that a tool runs is nested, and its ids begin with the operation that runs it.
 *
 * @module
 */
import { Memory, Transcript, type AgentWorkflowDefinition } from '../../agent';
import {
  AgentError,
  ToolCall,
  type AnyEvent,
  type RunInput,
  type RunResult,
  type Conversation,
  type Message,
  type ModelCall,
  type OpenTurnJson,
  type ThreadJson,
  type TranscriptPage,
} from '../../protocol';
import type { NestedWork, OutsideEffect } from '../run/nested-work';
import type { Run } from '../run/run';
import type { OpenTurn } from './open-turn';

/** Runs a turn. @param open A turn to resume. */
export type RunTurn = (thread: Thread, input: RunInput, open?: OpenTurnJson) => Promise<RunResult>;

export interface Nesting {
  /** The operation that runs the thread. */
  readonly id: string;
  /** The agents above it, outermost first. */
  readonly above: readonly string[];
  /** The digest of the call that runs it, and of every enclosing call. */
  readonly origin: string;
}

export class Thread implements NestedWork {
  readonly run: Run;
  readonly definition: AgentWorkflowDefinition;
  readonly transcript = new Transcript();
  readonly memory: Memory;
  /** The agent loop, injected because it runs nested threads itself. */
  readonly runTurn: RunTurn;
  /** Absent: the main thread. */
  readonly nesting: Nesting | undefined;
  /** Nested threads only: cancels the work. */
  cancel: (() => void) | undefined;
  turn: OpenTurn | undefined;
  /** Main thread: moves the run before a step, when no call is open. */
  beforeStep: { isDue(): boolean; go(): Promise<void> } | undefined;
  #agent: string | undefined;
  #step = 0;

  constructor(run: Run, definition: AgentWorkflowDefinition, runTurn: RunTurn, nesting?: Nesting) {
    this.run = run;
    this.definition = definition;
    this.runTurn = runTurn;
    this.nesting = nesting;
    this.memory = new Memory(this.transcript, definition.memory);
  }

  /** Undefined before the first step. */
  get agent(): string | undefined {
    return this.#agent;
  }

  /** Counts from 1, over all turns. */
  get step(): number {
    return this.#step;
  }

  get outsideEffect(): OutsideEffect | undefined {
    return this.turn?.outsideEffect;
  }

  /** @param nth The call's place in its reply. @returns `step.call`; in a nested thread, prefixed with its operation. */
  callId(nth: number): string {
    return [...(this.nesting === undefined ? [] : [this.nesting.id]), this.#step, nth].join('.');
  }

  /** The agents down to `agent`, outermost first. */
  pathTo(agent: string): readonly string[] {
    return [...(this.nesting?.above ?? []), agent];
  }

  begin(agent: string): void {
    this.#agent = agent;
    this.#step += 1;
    this.run.markWorking(this.pathTo(agent), this.#step);
  }

  /** The tool call that runs this nested thread has ended. */
  end(): void {
    this.cancel?.();
    this.turn?.close();
  }

  handOff(agent: string): void {
    this.#agent = agent;
  }

  /** Writes an event of this thread to the stream. */
  write(event: AnyEvent & { readonly agent: string }): void {
    const { nesting } = this;
    this.run.log.append(
      nesting === undefined ? event : { ...event, thread: nesting.id, agents: [...this.pathTo(event.agent)] },
    );
  }

  /** The messages of those indexes, with the summary and what prompts read. */
  conversation({ also = [], from = 0, upTo }: Pick<ModelCall, 'also' | 'from' | 'upTo'>): Conversation {
    const all = this.transcript.all();
    return {
      messages: [...also.map((nth) => all[nth] as Message), ...all.slice(from, upTo)],
      ...this.#beside(),
    };
  }

  page(from: number, upTo: number): TranscriptPage {
    return { ...this.transcript.page(from, upTo), ...this.#beside() };
  }

  #beside(): Omit<Conversation, 'messages'> {
    const { summary } = this.memory.told;
    return { ...this.toldOfRun(), ...(summary === undefined ? {} : { summary }) };
  }

  /** The run's data that the current agent's prompts can read. */
  toldOfRun(): Pick<Conversation, 'state' | 'data'> {
    const { definition, run } = this;
    const { systemPrompt } = definition.agents.get(this.#agent ?? definition.rootAgent) ?? {};
    if (typeof systemPrompt === 'function') return { state: run.store.all(), data: run.data };
    return definition.statePrompt === undefined ? {} : { state: run.store.all() };
  }

  /** @throws AgentError `INVALID_CONTEXT`. */
  resume({ agent, messages, summary, open }: ThreadJson, step = open?.step ?? 0): void {
    const { name, agents } = this.definition;
    if (agent !== undefined && !agents.has(agent)) {
      const names = [...agents.keys()].join(', ');
      throw new AgentError(
        'INVALID_CONTEXT',
        `The run cannot go on from this context: its agent "${agent}" is none of ${name}'s (${names}).`,
        {},
      );
    }
    this.#agent = agent;
    this.#step = step;
    for (const message of messages) this.transcript.append(message);
    if (summary !== undefined) this.memory.summarize(summary);
    if (this.run.isLaterLink) return;
    // This run has a stream of its own, whose watchers must see the open calls.
    for (const [nth, call] of this.transcript.openCalls().entries()) {
      if (open?.calls[nth]?.output !== undefined) continue;
      this.write(ToolCall({ agent: agent ?? '', toolId: call.id, toolName: call.name, toolKwargs: call.args }));
    }
  }

  toJson(): ThreadJson {
    const open = this.turn?.toJson(this.#step);
    const { summary } = this.memory.told;
    return {
      ...(this.#agent === undefined ? {} : { agent: this.#agent }),
      messages: this.memory.messages(),
      ...(summary === undefined ? {} : { summary }),
      ...(open === undefined ? {} : { open }),
    };
  }
}
