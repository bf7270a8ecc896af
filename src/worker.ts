/**
 * Worker: runs agents. One call makes a whole Temporal worker; those who compose their own use the plugin.
 *
 * @module
 */
import { NativeConnection, Worker, type WorkerOptions } from '@temporalio/worker';
import { connectError, DEFAULT_ADDRESS, readNamespace, readSettings, type ConnectionSettings } from './connection';
import { DEFAULT_TASK_QUEUE, withoutUndefined } from './protocol';
import { deploymentOptions, type Deployment } from './worker/deployment';
import { modulePath } from './worker/module-path';
import { checkNamespace, namespaceError } from './worker/namespace-error';
import { checkWorkerOptions } from './worker/options';
import { agentPlugin, type AgentPluginOptions } from './worker/plugin';

export { implement, type ActivityCall, type Implementation } from './activities';
export type { ActivityTool, ActivityToolOptions, ModelSettings } from './agent';
export type {
  FinishReason,
  Model,
  ModelApi,
  ModelCallOptions,
  ModelClient,
  ModelClientOptions,
  ModelRequest,
  ModelServer,
  ModelSource,
  OfferedTool,
  RawReply,
  RawToolCall,
} from './models';
export type {
  AudioPart,
  ContentPart,
  FilePart,
  ImagePart,
  TextPart,
  UserContent,
  Message,
  ModelToolCall,
  ProviderFields,
} from './protocol';
export type { ChatMessage, Json, JsonObject, JsonPrimitive, Usage } from './protocol';
export type { Deployment } from './worker/deployment';
export { bundleOptions } from './worker/bundle-options';
export type { ModelServerOptions } from './worker/model-servers';
export { agentPlugin, type AgentPlugin, type AgentPluginOptions } from './worker/plugin';

export type AgentWorkerOptions = AgentPluginOptions &
  Omit<WorkerOptions, 'workflowsPath' | 'taskQueue'> & {
    /** Default: `countersign`. */
    readonly taskQueue?: string;
    /** This worker's version for Temporal's Worker Versioning. Default: unversioned. */
    readonly deployment?: Deployment;
  };

/**
 * Make a Temporal worker that serves the agents of a module. Run it with `worker.run()`.
 *
 * Without a `connection` it connects as the Temporal CLI does, by its environment variables and `temporal.toml`, and
 * closes that connection when it stops.
 *
 * @throws AgentError `INVALID_OPTION`, `INVALID_DEFINITION`, `TOOL_NOT_IMPLEMENTED`, `MODEL_KEY_MISSING`,
 *   `INVALID_SETTING` or `TEMPORAL_UNREACHABLE`.
 */
export async function createWorker(options: AgentWorkerOptions): Promise<Worker> {
  checkWorkerOptions(options);
  const {
    workflows,
    definitions,
    tools,
    unserved,
    openai,
    model,
    models,
    liveTokens,
    connection: given,
    taskQueue = DEFAULT_TASK_QUEUE,
    deployment,
    ...rest
  } = withoutUndefined(options);
  const versioned = deployment === undefined ? {} : { workerDeploymentOptions: deploymentOptions(deployment, rest) };
  const plugin = await agentPlugin({
    workflows,
    ...(definitions === undefined ? {} : { definitions }),
    ...(unserved === undefined ? {} : { unserved }),
    ...(tools === undefined ? {} : { tools }),
    ...(openai === undefined ? {} : { openai }),
    ...(model === undefined ? {} : { model }),
    ...(models === undefined ? {} : { models }),
    ...(liveTokens === undefined ? {} : { liveTokens }),
  });
  const namespace = rest.namespace || readNamespace();
  const { connection, address } =
    given === undefined ? await connect(readSettings()) : { connection: given, address: undefined };
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
    ...(rest.workflowBundle === undefined ? { workflowsPath: modulePath(workflows) } : {}),
  };
  try {
    await checkNamespace(connection, namespace, address);
    return await Worker.create(worker);
  } catch (error) {
    if (given === undefined) await connection.close();
    throw namespaceError(error, namespace, address) ?? error;
  }
}

async function connect({
  address = DEFAULT_ADDRESS,
  options,
  tlsSetBy,
}: ConnectionSettings): Promise<{ readonly connection: NativeConnection; readonly address: string }> {
  try {
    return { connection: await NativeConnection.connect({ ...options, address }), address };
  } catch (error) {
    throw await connectError(error, { ...options, address, tlsSetBy });
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
