/**
 * Pending calls: a run's open model calls, as Temporal describes them.
 *
 * The text so far is in the activity's heartbeat details, so it costs no history. What cannot be read is left out: the
 * reply itself comes on the stream.
 *
 * @module
 */
import type { Client } from '@temporalio/client';
import type { Payload } from '@temporalio/common';
import { isPlainObject, type LiveText, MODEL_ACTIVITY } from '../../protocol';
import { abortable } from '../server/abortable';
import type { Link } from './pages';

export interface PendingCall {
  readonly activityId: string;
  /** Absent before the first word of this attempt. */
  readonly said?: LiveText;
}

/** Somebody waits for words, so a slow request is repeated. Unit: milliseconds. */
const DESCRIBE_WITHIN_MS = 5000;

export async function pendingCalls(client: Client, link: Link, signal: AbortSignal): Promise<readonly PendingCall[]> {
  const { namespace } = client.options;
  const { pendingActivities } = await abortable(client, signal, () =>
    client.withDeadline(Date.now() + DESCRIBE_WITHIN_MS, () =>
      client.workflowService.describeWorkflowExecution({ namespace, execution: link }),
    ),
  );
  const calls = (pendingActivities ?? []).filter(({ activityType }) => activityType?.name === MODEL_ACTIVITY);
  return await Promise.all(
    calls.map(async ({ activityId, attempt, heartbeatDetails }): Promise<PendingCall> => {
      const context = {
        type: 'activity',
        namespace,
        activityId: activityId ?? '',
        workflowId: link.workflowId,
        isLocal: false,
      } as const;
      const said = await decoded(client, heartbeatDetails?.payloads?.[0], context);
      // Temporal keeps the details of a failed attempt until the next one reports some.
      const isNow = isLiveText(said) && said.attempt === attempt;
      return { activityId: activityId ?? '', ...(isNow ? { said } : {}) };
    }),
  );
}

type DecodingContext = Parameters<Client['options']['loadedDataConverter']['payloadConverter']['fromPayload']>[1];

async function decoded(client: Client, payload: Payload | undefined, context: DecodingContext): Promise<unknown> {
  if (payload === undefined) return undefined;
  const { payloadCodecs, payloadConverter } = client.options.loadedDataConverter;
  try {
    let payloads = [payload];
    for (const codec of [...payloadCodecs].reverse()) payloads = await codec.decode(payloads, context);
    return payloadConverter.fromPayload(payloads[0] as Payload, context);
  } catch {
    return undefined;
  }
}

function isLiveText(value: unknown): value is LiveText {
  return (
    isPlainObject(value) &&
    typeof value['text'] === 'string' &&
    [value['offset'], value['attempt'], value['upTo']].every((number) => Number.isInteger(number)) &&
    (value['thread'] === undefined || typeof value['thread'] === 'string')
  );
}
