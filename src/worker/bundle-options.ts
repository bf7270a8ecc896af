/**
 * Bundle options: what every bundle of agent workflows needs.
 *
 * @module
 */
import type { DataConverter } from '@temporalio/common';
import type { BundleOptions } from '@temporalio/worker';
import { checkOptions, KINDS, needed, type OptionTable } from '../protocol';
import { modulePath } from './module-path';

/** Our interceptors inside the workflow sandbox. */
export const workflowInterceptorModules: readonly string[] = [require.resolve('../workflows/interceptors')];

/**
 * Our modules that all runs of a worker share. They hold no state of a run, as Temporal requires of preloaded modules.
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
 * Options for `bundleWorkflowCode`, to bundle agent workflows before there is a worker.
 *
 * The bundle equals the one that `createWorker` makes: with the guard, our modules shared among runs, and workflow
 * errors written as `dataConverter` says. Put your own options, such as `logger`, beside these.
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
