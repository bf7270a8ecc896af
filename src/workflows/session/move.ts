/**
 * Move: when a run goes on in a new link of its chain, and how.
 *
 * It wants to between two steps, with no call open, when Temporal suggests it or a newer worker is
 * deployed. It must, open calls or not, long before Temporal would end it; then their journals go along,
 * but no tool's activity is left behind while it runs.
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
import { linkSeen } from '../link/link-seen';
import { secondLook } from '../link/second-look';
import { isAtItsEnd, isTooLong } from '../link/too-long';
import type { Session } from './session';
import { carriedBy, notTaken } from './taken';

/** How much further a run goes that must move and holds too much, in parts of the limits of a link; then ever further. */
const LAST_REPRIEVE = 1.8;
const REPRIEVES = [1, 1.4, LAST_REPRIEVE];
const FURTHER = 0.2;

/** Goes on in a new link between two steps, when it `wantsToMove`. Returns when the run holds too much. */
export async function moveOnBetweenSteps(session: Session, input: RunInput): Promise<void> {
  // A request to cancel is not handed on to the next link.
  if (isRunCancelled()) throw new CancelledFailure('The run was cancelled');
  await moveOn(session, input, isOutdated(session));
  session.isTooLargeToMove = true;
  log.warn(tooLarge(session));
}

export function wantsToMove(session: Session): boolean {
  const { continueAsNewSuggested } = linkSeen();
  return (
    (continueAsNewSuggested || isOutdated(session) || isTooLong(session.run, 1)) &&
    !session.isTooLargeToMove &&
    !isCron()
  );
}

/**
 * Goes on in a new link when there is no other way, whatever the run is doing. Never returns.
 *
 * @throws AgentError `LIMIT_EXCEEDED` when the run holds too much, and Temporal would soon end it.
 */
export async function moveOnWhenForced(session: Session, input: RunInput): Promise<never> {
  for (let tries = 0; ; tries += 1) {
    const reprieve = REPRIEVES[tries] ?? LAST_REPRIEVE + FURTHER * (tries + 1 - REPRIEVES.length);
    await CancellationScope.nonCancellable(
      async () => await whenQuiet(() => canBeForced(session, reprieve) || isStuck(session)),
    );
    if (isRunCancelled()) return await new Promise<never>(() => undefined); // Its work ends it.
    const { reachedOut } = session;
    if (reachedOut !== undefined) throw new AgentError('LIMIT_EXCEEDED', notTaken(reachedOut), { limit: 'linkEvents' });
    // An open call goes on under the code that it began with.
    await moveOn(session, input, false);
    session.intake.isStuck = true;
    if (tries + 1 < REPRIEVES.length) continue;
    // Earlier releases failed here, however far Temporal's own limits were.
    const isEarlier = workflowInfo().unsafe.isReplaying && !patched('countersign-stays-in-link');
    if (isEarlier || isAtItsEnd()) throw new AgentError('LIMIT_EXCEEDED', tooLarge(session), { limit: 'carriedBytes' });
    patched('countersign-stays-in-link');
  }
}

/**
 * When it is so, and all that came with the same task has had its effects: conditions are looked at between
 * the parts of a task, when what was taken a moment ago has not reached its tool yet.
 */
async function whenQuiet(isSo: () => boolean): Promise<void> {
  do {
    await condition(isSo);
    await condition(secondLook());
  } while (!isSo());
}

/** An answer that was taken and has not reached its tool would be lost: it is waited for. */
function canBeForced(session: Session, reprieve: number): boolean {
  return (
    (isTooLong(session.run, reprieve) || (reprieve > 1 && isAtItsEnd())) &&
    !isCron() &&
    !session.run.activities.isRunningTools &&
    session.reachedOut === undefined &&
    !session.run.questions.isDelivering &&
    !session.run.hasEnded
  );
}

/** It would do twice what a tool did past its context, and Temporal would soon end it. */
function isStuck(session: Session): boolean {
  return isAtItsEnd() && !isCron() && session.reachedOut !== undefined && !session.run.hasEnded;
}

/** A run of a cron stays in its link: a chain of them would be the last firing. */
function isCron(): boolean {
  return workflowInfo().cronSchedule !== undefined && workflowInfo().cronSchedule !== '';
}

/** A newer worker is deployed: Temporal says so to runs that are pinned to theirs. */
function isOutdated(session: Session): boolean {
  return linkSeen().targetWorkerDeploymentVersionChanged && !session.couldNotUpgrade;
}

/**
 * @param isUpgrade The next link is served by the newest worker, whatever this one is pinned to.
 * @returns When what must be carried is more than a payload holds: the run stays where it is.
 * @throws ContinueAsNew Which must leave the workflow.
 */
async function moveOn(session: Session, input: RunInput, isUpgrade: boolean): Promise<void> {
  const { run } = session;
  run.dropAhead();
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

/** What is carried, with the conversation cut by the memory's rule if there is no other way. */
function fitting(session: Session): CarriedJson | undefined {
  const carried = carriedBy(session);
  const excess = jsonBytes(carried) - mostBytes(session);
  if (excess <= 0) return carried;
  const thread = session.main;
  // Cut to half of what would do: the next link has room, and estimates are no sizes.
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
