/**
 * Tool body: the operations of a scenario's tool, performed in order on a context.
 *
 * @module
 */
import type { AnyEvent, Context, WaitOptions } from 'countersign/workflow';
import { effectTool } from './effect-tool';
import { definitionOf, typePath } from './event-types';
import type { EventTypes, Fields, Operation, ScenarioEvent } from './scenario';
import { fill, fillFields } from './template';

export interface Body {
  /** The scenario, by its workflow's name. */
  readonly scenario: string;
  readonly operations: readonly Operation[];
  readonly types: EventTypes;
}

type Values = Record<string, Fields>;

/** @returns What the tool returns. */
export async function perform(body: Body, args: Fields, ctx: Context): Promise<unknown> {
  const values: Values = { args };
  for (const operation of body.operations) {
    switch (operation.op) {
      case 'effect': {
        const name = fill(operation.name, values) as string;
        await ctx.callTool(effectTool, { scenario: body.scenario, name });
        break;
      }
      case 'emit':
        ctx.writeEventToStream(filledEvent(operation.event, values, body.types));
        break;
      case 'wait': {
        const options = waitOptions(operation, values, body.types);
        const event = await ctx.waitForEvent(definitionOf(operation.event_type, body.types), options);
        if (operation.as != null) values[operation.as] = event as AnyEvent & Fields;
        break;
      }
      case 'if_yes': {
        const response = fill(`\${${operation.as}.response}`, values) as string;
        const outcome = response.trim().toLowerCase() === 'yes' ? operation.yes : operation.no;
        if (outcome !== undefined) return fill(outcome, values);
        break;
      }
      case 'return':
        return operation.value === undefined ? undefined : fill(operation.value, values);
      case 'sleep':
        if (operation.ms > 0) await ctx.sleep(operation.ms);
        break;
      case 'raise':
        throw new Error(fill(operation.message, values) as string);
      case 'state_set':
        ctx.store.set(fill(operation.key, values) as string, fill(operation.value, values));
        break;
    }
  }
  return undefined;
}

function filledEvent({ type, data }: ScenarioEvent, values: Values, types: EventTypes): AnyEvent {
  return { ...fillFields(data, values), type: typePath(type, types) };
}

function waitOptions(wait: Operation & { op: 'wait' }, values: Values, types: EventTypes): WaitOptions {
  const { requirements, waiter_event: waiterEvent, waiter_id: waiterId, timeout } = wait;
  return {
    ...(requirements == null ? {} : { requirements: fillFields(requirements, values) }),
    ...(waiterEvent == null ? {} : { waiterEvent: filledEvent(waiterEvent, values, types) }),
    ...(waiterId == null ? {} : { waiterId: fill(waiterId, values) as string }),
    ...(timeout == null ? {} : { timeout: timeout * 1000 }),
  };
}
