/**
 * Temporal for a test file: a worker on a task queue of its own, the scripted model behind it, a client.
 *
 * Everything is real but the model. Waiting is always for a condition of the run, never for time. With
 * COUNTERSIGN_ENCRYPTION_KEYS set, whatever a test does is done encrypted.
 *
 * @module
 */
import { afterAll, beforeAll } from '@jest/globals';
import { defaultPayloadConverter, type Payload } from '@temporalio/common';
import { DefaultLogger, type Logger, NativeConnection, Runtime, type Worker } from '@temporalio/worker';
import OpenAI from 'openai';
import { AgentClient, type RunOptions, type WorkflowHandler } from '../../src/client';
import { encryptedDataConverter, keysFromEnvironment } from '../../src/encryption';
import type { AnyEvent, RunInput } from '../../src/protocol';
import {
  startScriptedModel,
  type ModelRequest,
  type ModelScript,
  type ScriptedModel,
  type ScriptedReply,
} from '../../src/testing';
import { createWorker, type AgentWorkerOptions } from '../../src/worker';
import { implementations } from '../fixtures/implementations';

const keys = keysFromEnvironment();
/** What clients and workers encode with, unless a test says otherwise. */
const encoding = keys === undefined ? {} : { dataConverter: encryptedDataConverter(keys) };

let isInstalled = false;

/** Once in a process, before anything else of the SDK's native part. */
export function installRuntime(logger: Logger = new DefaultLogger('ERROR')): void {
  if (!isInstalled) Runtime.install({ logger, shutdownSignals: [] });
  isInstalled = true;
}

export class TestTemporal {
  readonly taskQueue = `test-${crypto.randomUUID()}`;
  /** Of its server. */
  address!: string;
  client!: AgentClient;
  model!: ScriptedModel;
  connection!: NativeConnection;
  readonly #workers = new Map<Worker, Promise<void>>();
  #requestsBefore = 0;

  /** What the model was asked since the last run was started. */
  get requests(): readonly ModelRequest[] {
    return this.model.requests.slice(this.#requestsBefore);
  }

  /** @param address Default: the server of all tests. */
  async start(
    options: Partial<AgentWorkerOptions> = {},
    address = process.env['TEMPORAL_ADDRESS'] as string,
  ): Promise<Worker> {
    installRuntime();
    this.address = address;
    // One after the other: when one fails, `stop` finds those before it.
    this.model = await startScriptedModel();
    this.client = await connectClient(address, options);
    this.connection = await NativeConnection.connect({ address });
    return await this.startWorker(options);
  }

  /** A client of the scripted model. */
  get openai(): OpenAI {
    return new OpenAI({ apiKey: 'scripted', baseURL: this.model.url });
  }

  async startWorker(options: Partial<AgentWorkerOptions> = {}): Promise<Worker> {
    const worker = await createWorker({
      workflows: require.resolve('../fixtures/workflows'),
      workflowBundle: { codePath: process.env['COUNTERSIGN_TEST_BUNDLE'] as string },
      tools: implementations,
      openai: this.openai,
      connection: this.connection,
      taskQueue: this.taskQueue,
      ...encoding,
      ...options,
    });
    this.keepRunning(worker);
    return worker;
  }

  /** Run a worker that was made elsewhere, until the others are stopped. */
  keepRunning(worker: Worker): void {
    this.#workers.set(worker, worker.run());
  }

  /** @param only Default: all. */
  async stopWorker(only?: Worker): Promise<void> {
    for (const [worker, running] of this.#workers) {
      if (only !== undefined && only !== worker) continue;
      this.#workers.delete(worker);
      worker.shutdown();
      await running;
    }
  }

  /** Ends what `start` has started, as far as it came. */
  async stop(): Promise<void> {
    await this.stopWorker();
    const { client, connection, model }: Partial<TestTemporal> = this;
    await client?.close();
    await connection?.close();
    await model?.close();
  }

  /** Start a run whose model gives these replies, in order. */
  async run(
    workflow: string,
    replies: ModelScript,
    input: RunInput | string = 'Go.',
    options: RunOptions = {},
  ): Promise<WorkflowHandler> {
    this.model.script(replies);
    this.#requestsBefore = this.model.requests.length;
    return await this.client.run(workflow, input, { taskQueue: this.taskQueue, ...options });
  }

  /** Send a signal with any payload, as the Temporal UI can. */
  async signalRaw(workflowId: string, signalName: string, ...payloads: readonly Payload[]): Promise<void> {
    await this.client.temporal.workflowService.signalWorkflowExecution({
      namespace: 'default',
      workflowExecution: { workflowId },
      signalName,
      input: { payloads: [...payloads] },
      requestId: crypto.randomUUID(),
    });
  }

  async historyLength(workflowId: string): Promise<number> {
    return (await this.client.temporal.workflow.getHandle(workflowId).describe()).historyLength;
  }
}

/** A client for workers with these options. */
export async function connectClient(
  address: string,
  { dataConverter = encoding.dataConverter }: Partial<AgentWorkerOptions> = {},
): Promise<AgentClient> {
  return await AgentClient.connect({ address, ...(dataConverter === undefined ? {} : { dataConverter }) });
}

/** A Temporal for all tests of a file. */
export function useTemporal(options: Partial<AgentWorkerOptions> = {}): TestTemporal {
  const temporal = new TestTemporal();
  beforeAll(async () => void (await temporal.start(options)));
  afterAll(async () => await temporal.stop());
  return temporal;
}

export function json(value: unknown): Payload {
  return defaultPayloadConverter.toPayload(value);
}

export function payload(encoding: string, data: string): Payload {
  return { metadata: { encoding: Buffer.from(encoding) }, data: Buffer.from(data) };
}

/** The first event that fits. Fails when the stream ends without one. */
export async function eventOf(
  handler: WorkflowHandler,
  fits: (event: AnyEvent) => boolean,
  after = -1,
): Promise<AnyEvent> {
  const seen: string[] = [];
  for await (const event of handler.streamEvents({ after })) {
    if (fits(event)) return event;
    seen.push(event.type);
  }
  throw new Error(`The stream ended without it; it had: ${seen.join(', ')}`);
}

/** The first event of a type, or of one that extends it. */
export async function eventOfType(handler: WorkflowHandler, type: string, after = -1): Promise<AnyEvent> {
  return await eventOf(handler, (event) => event.type === type || event.type.startsWith(`${type}/`), after);
}

/** Wait until so many questions are asked. */
export async function questionsOf(handler: WorkflowHandler, count: number): Promise<readonly AnyEvent[]> {
  const asked: AnyEvent[] = [];
  await eventOf(handler, (event) => {
    if (event.type.startsWith('InputRequiredEvent')) asked.push(event);
    return asked.length === count;
  });
  return asked;
}

/** The whole stream of a run that ends by itself, but for what is ephemeral. */
export async function allEvents(handler: WorkflowHandler, after = -1): Promise<readonly AnyEvent[]> {
  const events: AnyEvent[] = [];
  for await (const event of handler.streamEvents({ after, tokens: false })) events.push(event);
  return events;
}

/** A tool call of the scripted model: name, arguments (a text is sent as it is), id. */
export type MadeCall = readonly [name: string, args?: object | string, id?: string];

export function calls(...made: readonly MadeCall[]): ScriptedReply {
  return {
    toolCalls: made.map(([name, args = {}, id], nth) => ({ id: id ?? `call_${nth + 1}`, name, arguments: args })),
  };
}

export function says(content: string): ScriptedReply {
  return { content };
}

/** The stream of the documentation's example, from its start to its end. */
export const EXAMPLE_STREAM = [
  'AgentInput',
  'AgentOutput',
  'ToolCall',
  'InputRequiredEvent',
  'ToolCallResult',
  'AgentInput',
  'AgentOutput',
  'StopEvent',
];
