/**
 * Options of a client: ours, and Temporal's own, which are passed on.
 *
 * @module
 */
import type { ConnectionOptions, WorkflowStartOptions } from '@temporalio/client';
import { isTriedSdk } from '../connection';
import { checkOptions, KINDS, type OptionTable } from '../protocol';
import type { AgentClientOptions, RunOptions } from './agent-client';
import type { StreamOptions } from './workflow-handler';

const CONNECT: OptionTable<Pick<AgentClientOptions, 'namespace' | 'dataConverter'>> = {
  namespace: KINDS.text,
  dataConverter: KINDS.object,
};

/** Complete, by its type, for the tried version of the SDK. */
const CONNECTION: Readonly<Record<keyof ConnectionOptions, true>> = {
  address: true,
  tls: true,
  credentials: true,
  callCredentials: true,
  channelArgs: true,
  interceptors: true,
  metadata: true,
  apiKey: true,
  connectTimeout: true,
  plugins: true,
};

const RUN: OptionTable<Pick<RunOptions, 'workflowId' | 'taskQueue'>> = {
  workflowId: KINDS.text,
  taskQueue: KINDS.text,
};

/** Complete like `CONNECTION`. */
const START: Readonly<Record<Exclude<keyof WorkflowStartOptions, keyof typeof RUN | 'args'>, true>> = {
  followRuns: true,
  startDelay: true,
  versioningOverride: true,
  requestEagerStart: true,
  typeInfo: true,
  workflowIdReusePolicy: true,
  workflowIdConflictPolicy: true,
  workflowRunTimeout: true,
  workflowExecutionTimeout: true,
  workflowTaskTimeout: true,
  retry: true,
  cronSchedule: true,
  memo: true,
  searchAttributes: true,
  typedSearchAttributes: true,
  staticDetails: true,
  staticSummary: true,
  priority: true,
};

const STREAM: OptionTable<StreamOptions> = { after: KINDS.number, tokens: KINDS.flag, signal: KINDS.signal };

/** These throw AgentError `INVALID_OPTION`. */
export const checkClient = {
  connect: (options: unknown): void => checkOptions('AgentClient.connect', options, CONNECT, passedOn(CONNECTION)),
  run: (options: unknown): void => checkOptions('client.run', options, RUN, passedOn(START)),
  stream: (options: unknown): void => checkOptions('streamEvents', options, STREAM),
};

/** A later SDK may have more options. */
function passedOn(table: object): { readonly names: readonly string[]; readonly areAll: boolean } {
  return { names: Object.keys(table), areAll: isTriedSdk() };
}
