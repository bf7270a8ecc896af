/**
 * Structured outcome: a turn's result as data, asked of the model or made by the author's code.
 *
 * A finished turn never fails for lack of it: the log says why it is missing.
 *
 * @module
 */
import { log } from '@temporalio/workflow';
import { onlyChecks, schemaIssuesNow, type Agent, type AgentWorkflowDefinition } from '../../agent';
import {
  AgentStreamStructuredOutput,
  copyJson,
  errorText,
  isAgentError,
  isPlainObject,
  jsonBytes,
  LIMITS,
  takeJson,
  type JsonObject,
} from '../../protocol';
import { endsRun } from '../link/failure';
import { recordedRefusal } from '../link/recorded-refusal';
import { askModel } from './model-call';
import type { Thread } from './thread';

/** `undefined` if there is none, or it is unusable. */
export async function structuredOutcome(thread: Thread, agent: Agent): Promise<JsonObject | undefined> {
  const { output: schema, structuredOutput } = thread.definition;
  if (schema === undefined && structuredOutput === undefined) return undefined;
  const output =
    schema === undefined && structuredOutput !== undefined
      ? await byCode(thread, structuredOutput)
      : await byModel(thread, agent);
  if (output !== undefined) thread.write(AgentStreamStructuredOutput({ agent: agent.name, output }));
  return output;
}

async function byModel(thread: Thread, agent: Agent): Promise<JsonObject | undefined> {
  try {
    const { structured } = await askModel(thread, agent, 'structured');
    return structured === undefined ? undefined : fitting(thread, structured);
  } catch (error) {
    if (!isAgentError(error)) throw error;
    log.warn(`The structured output was left out: ${error.message}`);
    return undefined;
  }
}

/** Nobody has checked a reply that was completed by hand. */
function fitting(thread: Thread, structured: JsonObject): JsonObject | undefined {
  const { output } = thread.definition;
  const problem =
    output === undefined || !onlyChecks(output)
      ? undefined
      : recordedRefusal(`countersign-refused-outcome-${thread.callId(0)}`, () => schemaIssuesNow(output, structured));
  if (problem === undefined) return structured;
  log.warn(`The structured output was left out: ${problem}`);
  return undefined;
}

function sizeProblem(output: JsonObject): string | undefined {
  return jsonBytes(output) > LIMITS.messageBytes ? `it is larger than ${LIMITS.messageBytes} bytes` : undefined;
}

async function byCode(
  { transcript }: Thread,
  structuredOutput: NonNullable<AgentWorkflowDefinition['structuredOutput']>,
): Promise<JsonObject | undefined> {
  try {
    const output = await structuredOutput(copyJson(transcript.all()));
    const taken = takeJson(output, LIMITS.wrapDepth);
    const problem =
      'problem' in taken ? taken.problem : isPlainObject(taken.value) ? sizeProblem(taken.value) : 'it is no object';
    if (problem === undefined && 'value' in taken) return taken.value;
    log.warn(`structuredOutput gave what cannot be kept: ${problem}`);
  } catch (error) {
    if (endsRun(error)) throw error;
    log.warn(`structuredOutput failed: ${errorText(error)}`);
  }
  return undefined;
}
