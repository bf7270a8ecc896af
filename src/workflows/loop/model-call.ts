/**
 * Model call: asking the model from the workflow.
 *
 * The activity is told which messages to send, and given them only while they are few: so history grows
 * with the conversation and not with its square.
 *
 * @module
 */
import { ActivityCancellationType, proxyActivities } from '@temporalio/workflow';
import { MODEL_ACTIVITY, type Agent, type ModelCall, type ModelPurpose, type ModelReply } from '../../agent';
import { jsonBytes, LIMITS } from '../../protocol';
import { modelError } from '../failure';
import type { Thread } from './thread';

/** A call that takes longer, or whose worker is not heard of for so long, is made again. Unit: Temporal durations. */
const MODEL_TIMES = { startToCloseTimeout: '10 minutes', heartbeatTimeout: '15 seconds' } as const;

export async function askModel(thread: Thread, agent: Agent, purpose?: ModelPurpose): Promise<ModelReply> {
  const { definition, nesting, transcript } = thread;
  const activities = proxyActivities<Record<typeof MODEL_ACTIVITY, (call: ModelCall) => Promise<ModelReply>>>({
    ...MODEL_TIMES,
    scheduleToCloseTimeout: definition.modelRetryFor,
    retry: { initialInterval: '1 second', backoffCoefficient: 2, maximumInterval: '1 minute' },
    cancellationType: ActivityCancellationType.TRY_CANCEL,
  });
  try {
    return await activities[MODEL_ACTIVITY]({
      agent: agent.name,
      ...(purpose === undefined ? {} : { purpose }),
      ...(nesting === undefined ? {} : { workflow: definition.name, thread: nesting.id }),
      upTo: transcript.length,
      ...inlined(thread),
    });
  } catch (error) {
    throw modelError(error, String(definition.modelRetryFor));
  }
}

/** Transcript and state, when both together are small. */
function inlined({ run, definition, transcript }: Thread): Pick<ModelCall, 'messages' | 'state'> {
  const messages = transcript.inline();
  if (messages === undefined || definition.statePrompt === undefined) return messages === undefined ? {} : { messages };
  const state = run.store.all();
  return jsonBytes(state) <= LIMITS.inlineTranscriptBytes ? { messages, state } : {};
}
