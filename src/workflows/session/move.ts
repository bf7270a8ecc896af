/**
 * Move: when and how a run continues as new.
 *
 * Best between two steps, with no call open: when Temporal suggests it or a newer worker is deployed. Well before
 * Temporal would end the run it must move, with calls open if need be. Their journals go along, but no running tool
 * activity is left behind.
 *
 * @module
 */
import {
  CancellationScope,
  CancelledFailure,
  condition,
  log,
  makeContinueAsNewFunc,
  patched,
  workflowInfo,
} from '@temporalio/workflow';
import type { AgentWorkflow } from '../../agent';
import { AgentError, jsonBytes, LIMITS, MemoryCompacted, type RunInput, type CarriedJson } from '../../protocol';
import { isRunCancelled } from '../link/failure';
import { linkInfo } from '../link/link-info';
import { pendingCodeHasRun } from '../link/pending-code';
import { isAtItsEnd, isTooLong } from '../link/too-long';
import type { Session } from './session';
import { carriedBy, whyNotMovable } from './snapshot';

/** Multiples of a link's limits at which a run that must move, and holds too much, tries again. */
const LAST_REPRIEVE = 1.8;
const REPRIEVES = [1, 1.4, LAST_REPRIEVE];
const FURTHER = 0.2;

/** Returns if the run holds too much to move. */
export async function moveBetweenSteps(session: Session, input: RunInput): Promise<void> {
  // Continue-as-new would lose a cancellation request.
  if (isRunCancelled()) throw new CancelledFailure('The run was cancelled');
  await moveIfItFits(session, input, isOutdated(session));
  session.isTooLargeToMove = true;
  log.warn(tooLarge(session));
}

export function wantsToMove(session: Session): boolean {
  const { continueAsNewSuggested } = linkInfo();
  return (
    (continueAsNewSuggested || isOutdated(session) || isTooLong(session.run, 1)) &&
    !session.isTooLargeToMove &&
    !isCron()
  );
}

/**
 * Moves when there is no other way, whatever the run is doing. Never returns.
 *
 * @throws AgentError `LIMIT_EXCEEDED` when the run holds too much and Temporal would soon end it.
 */
export async function moveWhenForced(session: Session, input: RunInput): Promise<never> {
  for (let tries = 0; ; tries += 1) {
    const reprieve = REPRIEVES[tries] ?? LAST_REPRIEVE + FURTHER * (tries + 1 - REPRIEVES.length);
    await CancellationScope.nonCancellable(
      async () => await whenSettled(() => canBeForced(session, reprieve) || mustFail(session)),
    );
    if (isRunCancelled()) return await new Promise<never>(() => undefined); // Its own code ends it.
    const { outsideEffect } = session;
    if (outsideEffect !== undefined)
      throw new AgentError('LIMIT_EXCEEDED', whyNotMovable(outsideEffect), { limit: 'linkEvents' });
    // Open calls stay on the worker version that they began on.
    await moveIfItFits(session, input, false);
    session.intake.keepsNoMore = true;
    if (tries + 1 < REPRIEVES.length) continue;
    // Earlier releases failed here, however far away Temporal's limits were.
    const isEarlier = workflowInfo().unsafe.isReplaying && !patched('countersign-stays-in-link');
    if (isEarlier || isAtItsEnd()) throw new AgentError('LIMIT_EXCEEDED', tooLarge(session), { limit: 'carriedBytes' });
    patched('countersign-stays-in-link');
  }
}

/**
 * Waits until it holds once all jobs of an activation have taken effect. Conditions are checked between jobs, when an
 * answer may not have reached its tool yet.
 */
async function whenSettled(isSo: () => boolean): Promise<void> {
  do {
    await condition(isSo);
    await condition(pendingCodeHasRun());
  } while (!isSo());
}

/** An answer that was taken but has not reached its tool would be lost. */
function canBeForced(session: Session, reprieve: number): boolean {
  return (
    (isTooLong(session.run, reprieve) || (reprieve > 1 && isAtItsEnd())) &&
    !isCron() &&
    !session.run.activities.isRunningTools &&
    session.outsideEffect === undefined &&
    !session.run.questions.isDelivering &&
    !session.run.hasEnded
  );
}

/** An outside effect keeps the run here, and Temporal would soon end it. */
function mustFail(session: Session): boolean {
  return isAtItsEnd() && !isCron() && session.outsideEffect !== undefined && !session.run.hasEnded;
}

/** A cron's run stays in its link: continue-as-new would end the schedule. */
function isCron(): boolean {
  return workflowInfo().cronSchedule !== undefined && workflowInfo().cronSchedule !== '';
}

/** Temporal tells pinned runs that a newer worker is deployed. */
function isOutdated(session: Session): boolean {
  return linkInfo().targetWorkerDeploymentVersionChanged && !session.couldNotUpgrade;
}

/**
 * @param isUpgrade The newest worker serves the next link, whatever this one is pinned to.
 * @returns If the run holds more than it can carry.
 * @throws ContinueAsNew It must leave the workflow.
 */
async function moveIfItFits(session: Session, input: RunInput, isUpgrade: boolean): Promise<void> {
  const { run } = session;
  run.dropReapplied();
  const carried = fitting(session);
  if (carried === undefined) return;
  const { userMsg: _userMsg, chatHistory: _chatHistory, context: _context, ...limits } = input;
  const continueAsNew = makeContinueAsNewFunc<AgentWorkflow>(
    isUpgrade ? { initialVersioningBehavior: 'AUTO_UPGRADE' } : {},
  );
  run.log.freeze();
  await continueAsNew({ ...limits, carried: isUpgrade ? { ...carried, isUpgrade } : carried });
}

function tooLarge(session: Session): string {
  return `The run holds more than the ${maxBytes(session)} bytes that it can carry on when its history is full: bound its conversation with "memory", keep less in its store, let its open questions be answered, or raise "carriedBytes".`;
}

/** What is carried. If it is too large, the memory's rule cuts the conversation. */
function fitting(session: Session): CarriedJson | undefined {
  const carried = carriedBy(session);
  const excess = jsonBytes(carried) - maxBytes(session);
  if (excess <= 0) return carried;
  const thread = session.main;
  // Cut to half of what would do: sizes are estimated, and the next link needs room.
  const before = thread?.memory.cutTo((jsonBytes(carried.context.messages) - excess) / 2);
  if (thread === undefined || before === undefined) return undefined;
  thread.memory.forget(before);
  const { summary } = thread.memory.told;
  const agent = thread.agent ?? thread.definition.rootAgent;
  thread.write(MemoryCompacted({ agent, before, ...(summary === undefined ? {} : { summary }) }));
  const less = carriedBy(session);
  return jsonBytes(less) <= maxBytes(session) ? less : undefined;
}

function maxBytes({ main }: Session): number {
  return main?.definition.carriedBytes ?? LIMITS.carriedBytes;
}
