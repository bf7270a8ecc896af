/**
 * Bundle options: the options that every bundle of agent workflows needs.
 *
 * @module
 */
import type { DataConverter } from '@temporalio/common';
import type { BundleOptions } from '@temporalio/worker';
import { checkOptions, KINDS, needed, type OptionTable } from '../protocol';
import { modulePath } from './module-path';

/** Interceptors of ours inside the workflow sandbox. */
export const workflowInterceptorModules: readonly string[] = [require.resolve('../workflows/interceptors')];

/**
 * Modules of ours that all runs of a worker share, instead of one copy each: they hold no state of a run, which is what
 * Temporal asks of a preloaded module.
 */
export const workflowPreloadModules: readonly string[] = [
  require.resolve('../index'),
  require.resolve('../workflows/index'),
  require.resolve('../workflows/interceptors'),
];

const OPTIONS: OptionTable<Parameters<typeof bundleOptions>[0]> = {
  workflows: needed(KINDS.any),
  dataConverter: KINDS.object,
};

/**
 * The options for `bundleWorkflowCode`, to bundle agent workflows before there is a worker.
 *
 * The bundle is the one that `createWorker` makes by itself: it has the guard, shares our modules among all runs, and
 * writes the errors of workflows as `dataConverter` has them. Options of yours, such as `logger`, go beside these.
 *
 * @param options `workflows` and `dataConverter` as `createWorker` takes them.
 */
export function bundleOptions(options: {
  readonly workflows: string | URL;
  readonly dataConverter?: DataConverter | undefined;
}): BundleOptions {
  checkOptions('bundleOptions', options, OPTIONS);
  const { failureConverterPath, payloadConverterPath } = options.dataConverter ?? {};
  return {
    workflowsPath: modulePath(options.workflows),
    workflowInterceptorModules: [...workflowInterceptorModules],
    preloadModules: [...workflowPreloadModules],
    ...(failureConverterPath === undefined ? {} : { failureConverterPath }),
    ...(payloadConverterPath === undefined ? {} : { payloadConverterPath }),
  };
}
