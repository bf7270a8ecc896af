/**
 * Versions: workers of one agent's versions, over one task queue.
 *
 * @module
 */
import { beforeAll } from '@jest/globals';
import { bundleWorkflowCode, DefaultLogger } from '@temporalio/worker';
import { implement, bundleOptions, type AgentWorkerOptions } from '../../src/worker';
import type { WorkflowHandler } from '../../src/client';
import type { TestTemporal } from '../setup/temporal';
import { look } from '../fixtures/versions/desk';

const MODULES = {
  v1: require.resolve('../fixtures/versions/v1'),
  compatible: require.resolve('../fixtures/versions/compatible'),
  breaking: require.resolve('../fixtures/versions/breaking'),
  smallTeam: require.resolve('../fixtures/versions/small-team'),
};

export type VersionName = keyof typeof MODULES;
type Version = Pick<AgentWorkerOptions, 'workflows' | 'workflowBundle' | 'tools'>;

/** What a worker of each version is made of. Bundled once in a file, which takes longer than the runs. */
export function useVersions(...names: readonly VersionName[]): Readonly<Record<VersionName, Version>> {
  const versions = {} as Record<VersionName, Version>;
  beforeAll(async () => {
    for (const name of names) {
      const workflows = MODULES[name];
      const workflowBundle = await bundleWorkflowCode({
        ...bundleOptions({ workflows }),
        logger: new DefaultLogger('WARN'),
      });
      versions[name] = { workflows, workflowBundle, tools: [implement(look, async () => `looked by ${name}`)] };
    }
  });
  return versions;
}

/** A worker that could not go on with a run is asked again after this time: 10 s as servers come, and after three times ever later. */
export const ASKED_AGAIN = { workflowTaskTimeout: '4 seconds' } as const;

/** Wait until the server has recorded that a worker could not go on with the run. @returns What the worker said. */
export async function failedTask({ client }: TestTemporal, run: WorkflowHandler): Promise<string> {
  for (;;) {
    const { events } = await client.temporal.workflow.getHandle(run.workflowId).fetchHistory();
    const failed = events?.findLast((event) => event.workflowTaskFailedEventAttributes);
    if (failed !== undefined) return failed.workflowTaskFailedEventAttributes?.failure?.message ?? '';
  }
}
