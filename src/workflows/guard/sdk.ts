/**
 * SDK: the SDK's own state of a run, as far as the guard touches it. Tests check it on every SDK upgrade.
 *
 * @module
 */
import type { arrayFromPayloads, Payload, PayloadConverter } from '@temporalio/common';
import type { ConcludeActivationInput } from '@temporalio/workflow';
import { thisWorkflow } from '../link/this-workflow';

export interface Initialization {
  readonly memo?: { readonly fields?: Record<string, Payload> | null } | null;
  readonly lastCompletionResult?: { payloads?: Payload[] | null } | null;
}

export interface SignalJob {
  readonly signalName?: string | null;
  readonly input?: Payload[] | null;
}

export interface Sdk {
  readonly payloadConverter: PayloadConverter;
  readonly workflow?: unknown;
  random: () => number;
  now: number;
  readonly nextSeqs: { timer: number };
  readonly signalHandlers: ReadonlyMap<string, { readonly handler: (...args: unknown[]) => void }>;
  readonly interceptors: { readonly inbound: readonly { readonly handleSignal?: unknown }[] };
  workflowSerializationContext(): Parameters<typeof arrayFromPayloads>[2];
  initializeWorkflow(job: Initialization): void;
  failureToError(failure: object): Error;
  signalWorkflow(job: SignalJob): void;
  pushCommand(command: object): void;
  updateRandomSeed(job: object): void;
  notifyHasPatch(job: { readonly patchId?: string | null }): void;
  /** Takes the pushed commands. */
  concludeActivation(): Pick<ConcludeActivationInput, 'commands'>;
}

/** @returns `undefined` outside a workflow, for example while a bundle is inspected. */
export function sdk(): Sdk | undefined {
  return thisWorkflow() as Sdk | undefined;
}
