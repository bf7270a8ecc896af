/**
 * Plugin: everything that a Temporal worker needs to serve agents, as a Temporal plugin.
 *
 * Usable in Worker.create, bundleWorkflowCode and Worker.runReplayHistory. It never changes a workflow's commands, so a
 * run replays under any options.
 *
 * @module
 */
import type { BundleOptions, ReplayWorkerOptions, WorkerOptions } from '@temporalio/worker';
import {
  checkImplementations,
  createActivities,
  PassedConversations,
  REPORT_EVERY_MS,
  readDefinitions,
  type Implementation,
} from '../activities';
import { warnOfUntriedSdk } from '../connection';
import { argumentsSchema, outputSchema } from '../models';
import { isAgentWorkflow, type ActivityTool } from '../agent';
import { withoutUndefined } from '../protocol';
import { workflowInterceptorModules, workflowPreloadModules } from './bundle-options';
import { checkBundle } from './check-bundle';
import { checkCalledTools, checkUnserved, declaring } from './called-tools';
import { exportsOf, loadModule } from './load-module';
import { modulePath } from './module-path';
import { modelServers, type ModelServerOptions } from './model-servers';
import { checkPluginOptions } from './options';

export interface AgentPluginOptions extends ModelServerOptions {
  /**
   * The module that exports the agent workflows: an absolute path such as `require.resolve('./workflows')`, or in an ES
   * module `new URL('./workflows.js', import.meta.url)`. It is bundled for the sandbox, and loaded here for prompts and
   * schemas.
   */
  readonly workflows: string | URL;
  /**
   * The same module, loaded: `await import('./workflows')`. For environments where Node cannot load the file but a test
   * runner or bundler can. Default: it is loaded here.
   */
  readonly definitions?: object;
  /** `implement(tool, fn)` for each activity tool of its agents. */
  readonly tools?: readonly Implementation[];
  /** Activity tools in the module that no agent has, and that this worker need not implement. */
  readonly unserved?: readonly ActivityTool[];
  /**
   * `false`: nobody sees partial replies, which pass through Temporal in heartbeats. Default: true, unless a run opts
   * out.
   */
  readonly liveTokens?: boolean;
}

/** How long a heartbeat may be held back, which bounds how soon cancelled work stops. Unit: milliseconds. */
const HEARTBEAT_HELD_MS = 1000;
/** With live tokens: half of the interval of reports, so that the two delays do not add up. */
const WORDS_HELD_MS = REPORT_EVERY_MS / 2;

/**
 * The limit of a workflow task, as long as the server waits for one. Thousands of queued signals are one task, at some
 * tenths of a millisecond each. A task cut off after the SDK's own 5 s can end the process (Node's "async hook stack
 * has become corrupted", SDK 1.24), and then that of the next worker which gets the task.
 */
const TASK_WITHIN = '10 seconds';

/** A deployment waits for running activities: else a model call is paid for twice, and a tool's outcome is lost. */
const SHUTDOWN_GRACE = '10 seconds';

/** How long Temporal still offers runs to a worker that was killed, before another one gets them (decision 34). */
const OFFERED_TO_SAME_WORKER = '2 seconds';

export interface AgentPlugin {
  readonly name: string;
  configureWorker(options: WorkerOptions): WorkerOptions;
  configureReplayWorker(options: ReplayWorkerOptions): ReplayWorkerOptions;
  configureBundler(options: BundleOptions): BundleOptions;
}

/** @throws AgentError `INVALID_OPTION`, `INVALID_DEFINITION`, `TOOL_NOT_IMPLEMENTED` or `MODEL_KEY_MISSING`. */
export async function agentPlugin(options: AgentPluginOptions): Promise<AgentPlugin> {
  checkPluginOptions(options);
  warnOfUntriedSdk();
  const { workflows, definitions: loaded, tools = [], unserved = [], liveTokens = true } = options;
  const path = modulePath(workflows);
  const module = loaded === undefined ? await declaring(path, () => loadModule(path)) : exportsOf(loaded);
  const definitions = readDefinitions(module);
  const exported = Object.values(module).filter(isAgentWorkflow);
  const ofWorker = { reached: definitions.tools, implemented: tools.map(({ tool }) => tool), unserved };
  checkUnserved(ofWorker);
  checkImplementations(definitions.tools, tools);
  checkCalledTools(path, ofWorker);
  for (const tool of definitions.tools) argumentsSchema(tool);
  for (const definition of definitions.workflows.values()) outputSchema(definition);
  const passedConversations = new PassedConversations();
  const modelsOf = modelServers(definitions, options);
  const activities = createActivities({ definitions, tools, modelsOf, passedConversations, liveTokens });
  const modules = (given: readonly string[] = []): string[] => [...new Set([...given, ...workflowInterceptorModules])];
  const preload = (given: readonly string[] = []): string[] => [...new Set([...given, ...workflowPreloadModules])];
  const bundled = ({ workflowBundle, bundlerOptions }: Pick<WorkerOptions, 'workflowBundle' | 'bundlerOptions'>) =>
    workflowBundle === undefined
      ? { bundlerOptions: { ...bundlerOptions, preloadModules: preload(bundlerOptions?.preloadModules) } }
      : {};
  // A prebuilt bundle contains them; the SDK warns when it gets both.
  const interceptors = ({
    interceptors: given,
    workflowBundle,
  }: Pick<WorkerOptions, 'interceptors' | 'workflowBundle'>) =>
    workflowBundle === undefined ? { ...given, workflowModules: modules(given?.workflowModules) } : { ...given };
  return {
    name: 'countersign',
    configureWorker: (worker) => {
      checkBundle(worker, exported);
      return {
        maxHeartbeatThrottleInterval: liveTokens ? WORDS_HELD_MS : HEARTBEAT_HELD_MS,
        shutdownGraceTime: SHUTDOWN_GRACE,
        isolateExecutionTimeout: TASK_WITHIN,
        stickyQueueScheduleToStartTimeout: OFFERED_TO_SAME_WORKER,
        ...withoutUndefined(worker),
        activities: { ...worker.activities, ...activities },
        sinks: { ...worker.sinks, ...passedConversations.sinks },
        ...bundled(worker),
        interceptors: interceptors(worker),
      };
    },
    configureReplayWorker: (replay) => ({
      isolateExecutionTimeout: TASK_WITHIN,
      ...withoutUndefined(replay),
      ...bundled(replay),
      sinks: { ...replay.sinks, ...passedConversations.sinks },
      interceptors: interceptors(replay),
    }),
    configureBundler: (bundle) => ({
      ...bundle,
      workflowInterceptorModules: modules(bundle.workflowInterceptorModules),
      preloadModules: preload(bundle.preloadModules),
    }),
  };
}
