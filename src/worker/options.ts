/**
 * Options of a worker: ours, and Temporal's own, which are passed on.
 *
 * @module
 */
import type { WorkerOptions } from '@temporalio/worker';
import { checkImplementation } from '../activities';
import { isTriedSdk } from '../connection';
import { isTool } from '../agent';
import type { ModelClient, ModelServer } from '../models';
import { AgentError, checkOptions, KINDS, needed, type OptionKind, type OptionTable } from '../protocol';
import type { AgentWorkerOptions } from '../worker';
import type { AgentPluginOptions } from './plugin';

const path: OptionKind = {
  noun: 'the absolute path of a module, or its URL',
  fits: (value) => typeof value === 'string' || Object.prototype.toString.call(value) === '[object URL]',
};

const client: OptionKind = {
  noun: 'an OpenAI client, as new OpenAI({apiKey, baseURL})',
  fits: (value) => typeof (value as Partial<ModelClient> | null)?.chat?.completions?.create === 'function',
};

const PLUGIN: OptionTable<AgentPluginOptions> = {
  workflows: needed(path),
  definitions: {
    noun: 'a module that was imported',
    fits: (value) => KINDS.object.fits(value) && !('then' in (value as object)),
  },
  tools: KINDS.list,
  unserved: KINDS.list,
  openai: client,
  model: KINDS.text,
  models: KINDS.object,
  liveTokens: KINDS.flag,
};

type OwnOptions = Pick<AgentWorkerOptions, keyof AgentPluginOptions | 'taskQueue' | 'deployment'>;

const WORKER: OptionTable<OwnOptions> = { ...PLUGIN, taskQueue: KINDS.text, deployment: KINDS.any };

/** Complete, by its type, for the tried version of the SDK. */
const TEMPORAL: Readonly<Record<Exclude<keyof WorkerOptions, keyof OwnOptions | 'workflowsPath'>, true>> = {
  connection: true,
  identity: true,
  buildId: true,
  useVersioning: true,
  workerDeploymentOptions: true,
  namespace: true,
  activities: true,
  patchActivationCallback: true,
  nexusServices: true,
  workflowBundle: true,
  shutdownGraceTime: true,
  shutdownForceTime: true,
  dataConverter: true,
  tuner: true,
  maxConcurrentActivityTaskExecutions: true,
  maxConcurrentLocalActivityExecutions: true,
  maxConcurrentNexusTaskExecutions: true,
  enableNonLocalActivities: true,
  disablePayloadErrorLimit: true,
  maxActivitiesPerSecond: true,
  maxTaskQueueActivitiesPerSecond: true,
  maxEagerActivityReservationsPerWorkflowTask: true,
  maxConcurrentWorkflowTaskExecutions: true,
  nonStickyToStickyPollRatio: true,
  maxConcurrentWorkflowTaskPolls: true,
  workflowTaskPollerBehavior: true,
  activityTaskPollerBehavior: true,
  nexusTaskPollerBehavior: true,
  maxConcurrentActivityTaskPolls: true,
  maxConcurrentNexusTaskPolls: true,
  stickyQueueScheduleToStartTimeout: true,
  maxCachedWorkflows: true,
  workflowThreadPoolSize: true,
  maxHeartbeatThrottleInterval: true,
  defaultHeartbeatThrottleInterval: true,
  interceptors: true,
  plugins: true,
  sinks: true,
  workflowFailureErrorTypes: true,
  enableSDKTracing: true,
  showStackTraceSources: true,
  debugMode: true,
  bundlerOptions: true,
  reuseV8Context: true,
};

/** @throws AgentError `INVALID_OPTION`. */
export function checkPluginOptions(options: unknown): asserts options is AgentPluginOptions {
  checkOptions('agentPlugin', options, PLUGIN);
  checkValues('agentPlugin', options);
}

/** @throws AgentError `INVALID_OPTION`. */
export function checkWorkerOptions(options: unknown): asserts options is AgentWorkerOptions {
  checkOptions('createWorker', options, WORKER, { names: Object.keys(TEMPORAL), areAll: isTriedSdk() });
  checkValues('createWorker', options);
}

function checkValues(of: string, { tools = [], unserved = [], models = {} }: AgentPluginOptions): void {
  for (const one of tools) checkImplementation(of, one);
  for (const one of unserved) {
    if (!isTool(one))
      throw new AgentError('INVALID_OPTION', `The unserved of ${of} are activity tools.`, { of, option: 'unserved' });
  }
  // A missing object or client is reported later, with its llm.
  for (const [llm, given] of Object.entries(models)) {
    for (const source of [given].flat())
      if (KINDS.object.fits(source) && 'client' in source && !('ask' in source))
        checkOptions(`${of}({models}) for "${llm}"`, source, SERVER);
  }
}

const SERVER: OptionTable<ModelServer> = {
  client: KINDS.any,
  model: KINDS.text,
  api: KINDS.text,
  modelSettings: KINDS.object,
};
