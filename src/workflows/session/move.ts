/**
 * Move: when and how a run continues as new.
 *
 * It prefers to move between steps, with no call open, when Temporal suggests it or a newer worker is deployed. It must
 * move, calls open or not, well before Temporal would end it; their journals then go along, but no tool activity is
 * left running.
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
import { carriedBy, notTaken } from './taken';

/** How far a run that must move and holds too much may go, as a multiple of a link's limits. */
const LAST_REPRIEVE = 1.8;
const REPRIEVES = [1, 1.4, LAST_REPRIEVE];
const FURTHER = 0.2;

/** Moves between two steps, when it `wantsToMove`. Returns when the run holds too much. */
export async function moveOnBetweenSteps(session: Session, input: RunInput): Promise<void> {
  // Continue-as-new would lose a cancellation request.
  if (isRunCancelled()) throw new CancelledFailure('The run was cancelled');
  await moveOn(session, input, isOutdated(session));
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
export async function moveOnWhenForced(session: Session, input: RunInput): Promise<never> {
  for (let tries = 0; ; tries += 1) {
    const reprieve = REPRIEVES[tries] ?? LAST_REPRIEVE + FURTHER * (tries + 1 - REPRIEVES.length);
    await CancellationScope.nonCancellable(
      async () => await whenQuiet(() => canBeForced(session, reprieve) || isStuck(session)),
    );
    if (isRunCancelled()) return await new Promise<never>(() => undefined); // Its work ends it.
    const { outsideEffect } = session;
    if (outsideEffect !== undefined)
      throw new AgentError('LIMIT_EXCEEDED', notTaken(outsideEffect), { limit: 'linkEvents' });
    // An open call stays under the code that it began with.
    await moveOn(session, input, false);
    session.intake.isStuck = true;
    if (tries + 1 < REPRIEVES.length) continue;
    // Earlier releases failed here, however far away Temporal's own limits were.
    const isEarlier = workflowInfo().unsafe.isReplaying && !patched('countersign-stays-in-link');
    if (isEarlier || isAtItsEnd()) throw new AgentError('LIMIT_EXCEEDED', tooLarge(session), { limit: 'carriedBytes' });
    patched('countersign-stays-in-link');
  }
}

/**
 * Waits until it holds and everything that came with the same task has taken effect: conditions are checked between
 * jobs, before an answer that was just taken has reached its tool.
 */
async function whenQuiet(isSo: () => boolean): Promise<void> {
  do {
    await condition(isSo);
    await condition(pendingCodeHasRun());
  } while (!isSo());
}

/** An answer that was taken but has not reached its tool would be lost, so it is awaited. */
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

/** A tool acted outside its context, so it cannot move, and Temporal would soon end the run. */
function isStuck(session: Session): boolean {
  return isAtItsEnd() && !isCron() && session.outsideEffect !== undefined && !session.run.hasEnded;
}

/** A cron's run stays in its link: its continue-as-new would end the schedule. */
function isCron(): boolean {
  return workflowInfo().cronSchedule !== undefined && workflowInfo().cronSchedule !== '';
}

/** A newer worker is deployed, as Temporal tells runs that are pinned to theirs. */
function isOutdated(session: Session): boolean {
  return linkInfo().targetWorkerDeploymentVersionChanged && !session.couldNotUpgrade;
}

/**
 * @param isUpgrade The next link is served by the newest worker, whatever this one is pinned to.
 * @returns When the run holds more than a payload: it stays.
 * @throws ContinueAsNew Which must leave the workflow.
 */
async function moveOn(session: Session, input: RunInput, isUpgrade: boolean): Promise<void> {
  const { run } = session;
  run.dropReapplied();
  const carried = fitting(session);
  if (carried === undefined) return;
  const { userMsg: _userMsg, chatHistory: _chatHistory, context: _context, ...limits } = input;
  const goOn = makeContinueAsNewFunc<AgentWorkflow>(isUpgrade ? { initialVersioningBehavior: 'AUTO_UPGRADE' } : {});
  run.log.freeze();
  await goOn({ ...limits, carried: isUpgrade ? { ...carried, isUpgrade } : carried });
}

function tooLarge(session: Session): string {
  return `The run holds more than the ${mostBytes(session)} bytes that it can carry on when its history is full: bound its conversation with "memory", keep less in its store, let its open questions be answered, or raise "carriedBytes".`;
}

/** What is carried. If it does not fit, the memory's rule cuts the conversation. */
function fitting(session: Session): CarriedJson | undefined {
  const carried = carriedBy(session);
  const excess = jsonBytes(carried) - mostBytes(session);
  if (excess <= 0) return carried;
  const thread = session.main;
  // Cut to half of what would do, since estimates are no sizes and the next link needs room.
  const before = thread?.memory.cutTo((jsonBytes(carried.context.messages) - excess) / 2);
  if (thread === undefined || before === undefined) return undefined;
  thread.memory.forget(before);
  const { summary } = thread.memory.told;
  const agent = thread.agent ?? thread.definition.rootAgent;
  thread.write(MemoryCompacted({ agent, before, ...(summary === undefined ? {} : { summary }) }));
  const less = carriedBy(session);
  return jsonBytes(less) <= mostBytes(session) ? less : undefined;
}

function mostBytes({ main }: Session): number {
  return main?.definition.carriedBytes ?? LIMITS.carriedBytes;
}
