/**
 * Worker: what runs agents. One call makes a whole Temporal worker; for those who compose their own,
 * the plugin holds all that it needs of ours.
 *
 * @module
 */
import { loadClientConnectConfig } from '@temporalio/envconfig';
import { NativeConnection, Worker, type WorkerOptions } from '@temporalio/worker';
import { AgentError, DEFAULT_TASK_QUEUE, errorText } from './protocol';
import { deploymentOptions, type Deployment } from './worker/deployment';
import { agentPlugin, type AgentPluginOptions } from './worker/plugin';

export { implement, type ActivityCall, type Implementation } from './activities';
export type { ModelServer } from './models';
export type { Deployment } from './worker/deployment';
export {
  agentPlugin,
  workflowInterceptorModules,
  workflowPreloadModules,
  type AgentPluginOptions,
} from './worker/plugin';

const DEFAULT_ADDRESS = 'localhost:7233';

export type AgentWorkerOptions = AgentPluginOptions &
  Omit<WorkerOptions, 'workflowsPath' | 'taskQueue'> & {
    /** Default: `countersign`. */
    readonly taskQueue?: string;
    /** Which version this worker is, for Temporal's Worker Versioning. Default: workers are not versioned. */
    readonly deployment?: Deployment;
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
  const {
    workflows,
    tools,
    openai,
    model,
    models,
    liveTokens,
    connection: given,
    taskQueue = DEFAULT_TASK_QUEUE,
    deployment,
    ...rest
  } = options;
  const versioned = deployment === undefined ? {} : { workerDeploymentOptions: deploymentOptions(deployment, rest) };
  const plugin = await agentPlugin({
    workflows,
    ...(tools === undefined ? {} : { tools }),
    ...(openai === undefined ? {} : { openai }),
    ...(model === undefined ? {} : { model }),
    ...(models === undefined ? {} : { models }),
    ...(liveTokens === undefined ? {} : { liveTokens }),
  });
  const config = loadClientConnectConfig();
  const connection = given ?? (await connect(config.connectionOptions));
  const namespace = rest.namespace ?? (config.namespace || 'default');
  const worker = {
    ...rest,
    ...versioned,
    namespace,
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
    if (!/^Namespace \S+ was not found/.test(errorText(error))) throw error;
    throw new AgentError(
      'TEMPORAL_UNREACHABLE',
      `The Temporal server has no namespace "${namespace}", or we may not look: create it (temporal operator namespace create --namespace ${namespace}), or set TEMPORAL_NAMESPACE.`,
      { address: config.connectionOptions.address || DEFAULT_ADDRESS },
      { cause: error },
    );
  }
}

async function connect(options: Parameters<typeof NativeConnection.connect>[0]): Promise<NativeConnection> {
  const address = options?.address || DEFAULT_ADDRESS; // An empty TEMPORAL_ADDRESS is as good as none.
  try {
    return await NativeConnection.connect({ ...options, address });
  } catch (error) {
    throw new AgentError(
      'TEMPORAL_UNREACHABLE',
      `No Temporal server answers at ${address}: start one (temporal server start-dev), or set TEMPORAL_ADDRESS. (${reasonOf(error)})`,
      { address },
      { cause: error },
    );
  }
}

/** The innermost message of what the SDK's core throws, which nests several. */
function reasonOf(error: unknown): string {
  const text = errorText(error);
  return [...text.matchAll(/message: "([^"]+)"/g)].at(-1)?.[1] ?? text;
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
