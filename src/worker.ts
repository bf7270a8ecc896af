/**
 * Worker: what runs agents. One call makes a whole Temporal worker; for those who compose their own,
 * the plugin holds all that it needs of ours.
 *
 * @module
 */
import { loadClientConnectConfig } from '@temporalio/envconfig';
import { NativeConnection, Worker, type WorkerOptions } from '@temporalio/worker';
import { AgentError, DEFAULT_TASK_QUEUE, errorText } from './protocol';
import { agentPlugin, type AgentPluginOptions } from './worker/plugin';

export { implement, type ActivityCall, type Implementation } from './activities';
export { agentPlugin, workflowInterceptorModules, type AgentPluginOptions } from './worker/plugin';

export type AgentWorkerOptions = AgentPluginOptions &
  Omit<WorkerOptions, 'workflowsPath' | 'taskQueue'> & {
    /** Default: `countersign`. */
    readonly taskQueue?: string;
  };

/**
 * Make a Temporal worker that serves the agents of a module. Run it with `worker.run()`.
 *
 * Without a `connection` it connects as the Temporal CLI would: by its environment variables and its
 * `temporal.toml`; that connection is closed when the worker has stopped.
 *
 * @throws AgentError `INVALID_DEFINITION`, `TOOL_NOT_IMPLEMENTED`, `MODEL_KEY_MISSING` or `TEMPORAL_UNREACHABLE`.
 */
export async function createWorker(options: AgentWorkerOptions): Promise<Worker> {
  const { workflows, tools, openai, model, connection: given, taskQueue = DEFAULT_TASK_QUEUE, ...rest } = options;
  const plugin = await agentPlugin({
    workflows,
    ...(tools === undefined ? {} : { tools }),
    ...(openai === undefined ? {} : { openai }),
    ...(model === undefined ? {} : { model }),
  });
  const config = loadClientConnectConfig();
  const connection = given ?? (await connect(config.connectionOptions));
  const worker = {
    namespace: config.namespace ?? 'default',
    ...rest,
    taskQueue,
    connection,
    plugins: [
      ...(rest.plugins ?? []),
      plugin,
      ...(given === undefined ? [{ name: 'countersign-connection', runWorker: closing(connection) }] : []),
    ],
    ...(rest.workflowBundle === undefined ? { workflowsPath: workflows } : {}),
  };
  try {
    return await Worker.create(worker);
  } catch (error) {
    if (given === undefined) await connection.close();
    throw error;
  }
}

async function connect(options: Parameters<typeof NativeConnection.connect>[0]): Promise<NativeConnection> {
  const address = options?.address ?? 'localhost:7233';
  try {
    return await NativeConnection.connect(options);
  } catch (error) {
    throw new AgentError(
      'TEMPORAL_UNREACHABLE',
      `No Temporal server answers at ${address}: start one (temporal server start-dev), or set TEMPORAL_ADDRESS. (${errorText(error)})`,
      { address },
      { cause: error },
    );
  }
}

function closing(connection: NativeConnection) {
  return async (worker: Worker, next: (worker: Worker) => Promise<void>): Promise<void> => {
    try {
      await next(worker);
    } finally {
      await connection.close();
    }
  };
}
