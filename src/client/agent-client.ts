/**
 * Agent client: starts and finds runs, over a plain Temporal client.
 *
 * @module
 */
import {
  Client,
  type Connection,
  type ClientOptions,
  type ConnectionOptions,
  WorkflowExecutionAlreadyStartedError,
  type WorkflowStartOptions,
} from '@temporalio/client';
import { connectError, DEFAULT_ADDRESS, openConnection, readSettings } from '../connection';
import { AgentError, DEFAULT_TASK_QUEUE, type RunResult, withoutUndefined } from '../protocol';
import { retriesThatMayBeClosed } from './server/closed-channel';
import { toClientError } from './requests/client-error';
import { checkClient } from './options';
import { WorkflowHandler } from './workflow-handler';

/** A running server answers at once; a missing one should be reported soon. */
const CONNECT_WITHIN = '5 seconds';

export interface AgentClientOptions extends ConnectionOptions {
  /** Default: TEMPORAL_NAMESPACE, or `default`. */
  readonly namespace?: string;
  /**
   * Encodes and decodes everything that is sent, for example `encryptedDataConverter(keys)`. It must match the
   * workers'.
   */
  readonly dataConverter?: NonNullable<ClientOptions['dataConverter']>;
}

/** Temporal's own start options, with defaults for id and task queue. */
export type RunOptions = Omit<WorkflowStartOptions, 'args' | 'workflowId' | 'taskQueue'> & {
  /** Default: the workflow's name and a random part. */
  readonly workflowId?: string;
  /** Default: `countersign`. */
  readonly taskQueue?: string;
};

export class AgentClient {
  readonly temporal: Client;
  readonly #ownConnection: Connection | undefined;
  readonly #streams = new Set<AbortController>();
  readonly #taskQueue: string;

  /**
   * @param temporal Your client; closing it stays yours.
   * @param taskQueue The default task queue of runs. Default: `countersign`.
   */
  constructor(temporal: Client, ownConnection?: Connection, taskQueue = DEFAULT_TASK_QUEUE) {
    this.temporal = temporal;
    this.#ownConnection = ownConnection;
    this.#taskQueue = taskQueue;
  }

  /**
   * Connect as the Temporal CLI does: by its environment variables and `temporal.toml`.
   *
   * @throws AgentError `TEMPORAL_UNREACHABLE` or `INVALID_SETTING`.
   */
  static async connect(options: AgentClientOptions = {}): Promise<AgentClient> {
    checkClient.connect(options);
    const settings = readSettings();
    const { dataConverter, ...given } = withoutUndefined(options);
    const namespace = given.namespace || settings.namespace;
    const merged = {
      connectTimeout: CONNECT_WITHIN,
      interceptors: retriesThatMayBeClosed(),
      ...settings.options,
      ...given,
      address: given.address || settings.address || DEFAULT_ADDRESS,
    };
    const isTlsGiven = given.tls !== undefined || given.apiKey !== undefined;
    let connection: Connection;
    try {
      connection = await openConnection(merged);
    } catch (error) {
      throw await connectError(error, { ...merged, tlsSetBy: isTlsGiven ? undefined : settings.tlsSetBy });
    }
    try {
      const client = new Client({ connection, namespace, ...(dataConverter === undefined ? {} : { dataConverter }) });
      return new AgentClient(client, connection);
    } catch (error) {
      await connection.close();
      throw error;
    }
  }

  /**
   * Start a run. It does not depend on this process.
   *
   * @param workflow An AgentWorkflow, any other workflow function that opens a context, or a workflow type.
   * @param input `{userMsg}` and more, or a bare string.
   * @throws AgentError `RUN_ALREADY_EXISTS` when a run has this `workflowId`; `INVALID_OPTION`.
   */
  async run<Input, Result>(
    workflow: (input: Input) => Promise<Result>,
    input: NoInfer<Input>,
    options?: RunOptions,
  ): Promise<WorkflowHandler<Result>>;
  async run(workflow: string, input: unknown, options?: RunOptions): Promise<WorkflowHandler>;
  async run(
    workflow: string | { readonly name: string },
    input: unknown,
    options: RunOptions = {},
  ): Promise<WorkflowHandler<unknown>> {
    checkClient.run(options);
    const type = typeOf(workflow);
    const { workflowId = `${type}-${crypto.randomUUID()}`, taskQueue = this.#taskQueue, ...rest } = options;
    try {
      const { firstExecutionRunId } = await this.temporal.workflow.start(type, {
        ...rest,
        workflowId,
        taskQueue,
        args: [input],
      });
      return new WorkflowHandler(this.temporal, workflowId, firstExecutionRunId, this.#streams);
    } catch (error) {
      if (error instanceof WorkflowExecutionAlreadyStartedError) {
        throw new AgentError(
          'RUN_ALREADY_EXISTS',
          `A run with the id "${workflowId}" exists already: take its handler with getHandler("${workflowId}"), or choose another id.`,
          { workflowId },
          { cause: error },
        );
      }
      throw await toClientError(error, this.temporal, workflowId);
    }
  }

  /** The handler of a run, wherever and whenever it was started. Makes no request yet. */
  getHandler<Result = RunResult>(workflowId: string): WorkflowHandler<Result> {
    return new WorkflowHandler(this.temporal, workflowId, undefined, this.#streams);
  }

  /** Close the connection that `connect` made, and end the streams of its handlers quietly. */
  async close(): Promise<void> {
    for (const stream of this.#streams) stream.abort();
    await this.#ownConnection?.close();
  }
}

/** A module gives undefined for a name that it does not export, or not yet while two modules import each other. */
function typeOf(workflow: unknown): string {
  const type =
    typeof workflow === 'string' ? workflow : (workflow as { readonly name?: unknown } | null | undefined)?.name;
  if (typeof type === 'string' && type !== '') return type;
  const given = workflow === undefined ? 'undefined: see what the module exports' : 'something else';
  const message = `client.run takes an agent workflow, or a workflow type as a text, and was given ${given}.`;
  throw new AgentError('INVALID_OPTION', message, { of: 'client.run', option: 'workflow' });
}
