/**
 * Deployment: this worker's version, for Temporal's Worker Versioning.
 *
 * A version that Temporal would refuse must fail here: otherwise the worker polls silently while no run reaches it.
 *
 * @module
 */
import type { VersioningBehavior } from '@temporalio/common';
import type { WorkerDeploymentOptions, WorkerOptions } from '@temporalio/worker';
import { AgentError, isPlainObject } from '../protocol';

export interface Deployment {
  /** Common to all versions of this worker: `--deployment-name` of `temporal worker deployment`. */
  readonly name: string;
  /** This version: `--build-id`, such as an image tag or commit. Change it with every build of other workflow code. */
  readonly buildId: string;
  /**
   * Default: `PINNED`, a run stays with its version until it continues as new between two steps. `AUTO_UPGRADE`: it
   * moves to the current version at once, and replays there.
   */
  readonly versioningBehavior?: VersioningBehavior;
}

const KNOWN = ['name', 'buildId', 'versioningBehavior'];
const BEHAVIORS: readonly unknown[] = [undefined, 'PINNED', 'AUTO_UPGRADE'] satisfies (
  | VersioningBehavior
  | undefined
)[];

/** Temporal's limit for a build id; a name may have somewhat more. Unit: bytes. */
const MOST_BYTES = 255;

/**
 * @param given The worker's other options, which must not include Temporal's own for the same.
 * @throws AgentError `INVALID_DEFINITION`, with what is wrong.
 */
export function deploymentOptions(deployment: Deployment, given: Partial<WorkerOptions>): WorkerDeploymentOptions {
  const problem = problemOf(deployment) ?? conflictWith(given);
  if (problem !== undefined) {
    throw new AgentError('INVALID_DEFINITION', `createWorker({deployment}): ${problem}`, { name: 'deployment' });
  }
  const { name: deploymentName, buildId, versioningBehavior = 'PINNED' } = deployment;
  return {
    version: { deploymentName, buildId },
    useWorkerVersioning: true,
    defaultVersioningBehavior: versioningBehavior,
  };
}

function problemOf(deployment: unknown): string | undefined {
  if (!isPlainObject(deployment)) return "give {name: 'agents', buildId: '2'}.";
  const unknown = Object.keys(deployment).find((key) => !KNOWN.includes(key));
  if (unknown !== undefined) return `it has no "${unknown}", only ${KNOWN.join(', ')}.`;
  const { name, buildId, versioningBehavior } = deployment;
  if (!BEHAVIORS.includes(versioningBehavior)) return 'the versioningBehavior is "PINNED" or "AUTO_UPGRADE".';
  const text = textProblem('name', name) ?? textProblem('buildId', buildId);
  if (text !== undefined) return text;
  return /[.:]/.test(name as string) ? 'Temporal takes no "." and no ":" in the name of a deployment.' : undefined;
}

function textProblem(field: string, value: unknown): string | undefined {
  if (typeof value !== 'string' || value.trim() === '') {
    return `the ${field} is a text; set the environment variable that it is read from.`;
  }
  if (value.startsWith('__')) return `the ${field} cannot begin with "__": those are Temporal's own.`;
  return Buffer.byteLength(value) > MOST_BYTES ? `the ${field} has more than ${MOST_BYTES} bytes.` : undefined;
}

function conflictWith(given: Partial<WorkerOptions>): string | undefined {
  const other = (['workerDeploymentOptions', 'buildId', 'useVersioning'] as const).find(
    (name) => given[name] !== undefined,
  );
  return other === undefined ? undefined : `give it, or Temporal's own "${other}", not both.`;
}
