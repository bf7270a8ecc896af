/**
 * Plugin: all that a Temporal worker needs to serve agents, as a plugin of Temporal's own kind.
 *
 * Usable wherever plugins are: Worker.create, bundleWorkflowCode, Worker.runReplayHistory. It changes
 * nothing that a workflow does, so a run is replayed alike with any options.
 *
 * @module
 */
import type { BundleOptions, ReplayWorkerOptions, WorkerOptions } from '@temporalio/worker';
import OpenAI from 'openai';
import {
  argumentsSchema,
  checkImplementations,
  createActivities,
  readDefinitions,
  type Implementation,
} from '../activities';
import { AgentError } from '../protocol';
import { loadModule } from './load-module';

export interface AgentPluginOptions {
  /**
   * Path of the module that exports the agent workflows: `require.resolve('./workflows')`. Bundled for the
   * sandbox, and loaded here as well for prompts and schemas.
   */
  readonly workflows: string;
  /** `implement(tool, fn)` for each activity tool of its agents. */
  readonly tools?: readonly Implementation[];
  /** Default: made from OPENAI_API_KEY and OPENAI_BASE_URL. Its own retries are not used: Temporal retries. */
  readonly openai?: OpenAI;
  /** Asked for instead of every agent's own `llm`: for a server that knows only its own models. */
  readonly model?: string;
}

/** Interceptors of ours inside the workflow sandbox, for a worker composed by hand. */
export const workflowInterceptorModules: readonly string[] = [require.resolve('../workflows/guard')];

/**
 * Modules of ours that all runs of a worker share, instead of one copy each: they hold no state of a run, which is what
 * Temporal asks of a preloaded module. Not among them: `openContext`, which remembers that it was called.
 */
export const workflowPreloadModules: readonly string[] = [
  require.resolve('../index'),
  require.resolve('../workflows/agent-workflow'),
  require.resolve('../workflows/context/run-context'),
  require.resolve('../workflows/guard'),
];

/** How long a heartbeat may be held back: bounds how soon a cancelled run's work stops. Unit: milliseconds. */
const HEARTBEAT_HELD_MS = 1000;

/** A deployment lets what runs end: a model call would be paid for twice, a tool's outcome be unknown. */
const SHUTDOWN_GRACE = '10 seconds';

export interface AgentPlugin {
  readonly name: string;
  configureWorker(options: WorkerOptions): WorkerOptions;
  configureReplayWorker(options: ReplayWorkerOptions): ReplayWorkerOptions;
  configureBundler(options: BundleOptions): BundleOptions;
}

/** @throws AgentError `INVALID_DEFINITION`, `TOOL_NOT_IMPLEMENTED` or `MODEL_KEY_MISSING`. */
export async function agentPlugin(options: AgentPluginOptions): Promise<AgentPlugin> {
  const { workflows, tools = [], openai, model } = options;
  const definitions = readDefinitions(await loadModule(workflows));
  checkImplementations(definitions.tools, tools);
  for (const tool of definitions.tools) argumentsSchema(tool);
  const activities = createActivities({
    definitions,
    tools,
    client: openai ?? clientFromEnvironment(definitions.workflows.size > 0),
    ...(model === undefined ? {} : { model }),
  });
  const modules = (given: readonly string[] = []): string[] => [...new Set([...given, ...workflowInterceptorModules])];
  const preload = (given: readonly string[] = []): string[] => [...new Set([...given, ...workflowPreloadModules])];
  // A bundle that was made before has them in it; the SDK warns when it is given both.
  const interceptors = ({
    interceptors: given,
    workflowBundle,
  }: Pick<WorkerOptions, 'interceptors' | 'workflowBundle'>) =>
    workflowBundle === undefined ? { ...given, workflowModules: modules(given?.workflowModules) } : { ...given };
  return {
    name: 'countersign',
    configureWorker: (worker) => ({
      maxHeartbeatThrottleInterval: HEARTBEAT_HELD_MS,
      shutdownGraceTime: SHUTDOWN_GRACE,
      ...worker,
      activities: { ...worker.activities, ...activities },
      ...(worker.workflowBundle === undefined
        ? {
            bundlerOptions: {
              ...worker.bundlerOptions,
              preloadModules: preload(worker.bundlerOptions?.preloadModules),
            },
          }
        : {}),
      interceptors: interceptors(worker),
    }),
    configureReplayWorker: (replay) => ({
      ...replay,
      interceptors: interceptors(replay),
    }),
    configureBundler: (bundle) => ({
      ...bundle,
      workflowInterceptorModules: modules(bundle.workflowInterceptorModules),
      preloadModules: preload(bundle.preloadModules),
    }),
  };
}

function clientFromEnvironment(isNeeded: boolean): OpenAI {
  const apiKey = process.env['OPENAI_API_KEY'];
  if (isNeeded && (apiKey === undefined || apiKey.trim() === '')) {
    throw new AgentError(
      'MODEL_KEY_MISSING',
      'No model key: set OPENAI_API_KEY (any text for a server that needs none), or pass createWorker({openai: new OpenAI({...})}).',
      {},
    );
  }
  return new OpenAI({ apiKey: apiKey ?? 'none', maxRetries: 0 });
}
