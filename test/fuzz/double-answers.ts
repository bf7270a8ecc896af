/**
 * Double answers: two people answer the same question at the same moment, differently, each from a place of their own.
 *
 * Held of every question: one of the two answers is what its tool acted on, that one only was said to be taken, and
 * whoever sent the other is told so: by the refusal of an update, by an AnswerRefused event with the answer's id, or, when
 * the run ended meanwhile, by the failure of the signal.
 *
 * @module
 */
import { expect } from '@jest/globals';
import fc from 'fast-check';
import type { AgentClient, WorkflowHandler } from '../../src/client';
import { type AnyEvent, isAgentError } from '../../src/protocol';
import { calls, connectClient, questionsOf, says, type TestTemporal } from '../setup/temporal';
import { temporalCli } from '../setup/temporal-cli';
import { sampled } from '../setup/fuzz';

interface Answer {
  readonly inputId: string;
  readonly answerId: string;
  readonly response: string;
}

/** Sends an answer. @throws When it was refused, or never came to the run. */
type Surface = (client: AgentClient, run: WorkflowHandler, answer: Answer) => Promise<unknown>;

const temporalHandle = ({ temporal }: AgentClient, { workflowId }: WorkflowHandler) =>
  temporal.workflow.getHandle(workflowId);
const typed = (answer: Answer): object => ({ type: 'HumanResponseEvent', ...answer });

const signalOf = (workflowId: string, input: string): readonly string[] =>
  `workflow signal --workflow-id ${workflowId} --name HumanResponseEvent --input`.split(' ').concat(input);

/** The places a person may answer from. */
const SURFACES = {
  respond: async (client, { workflowId }, { inputId, ...answer }) =>
    await client.getHandler(workflowId).respond(inputId, answer),
  sendEvent: async (client, { workflowId }, answer) =>
    await client.getHandler(workflowId).sendEvent({ type: 'HumanResponseEvent', ...answer }),
  'plain update': async (client, run, answer) =>
    await temporalHandle(client, run).executeUpdate('respond', { args: [answer] }),
  'plain signal': async (client, run, answer) => await temporalHandle(client, run).signal('HumanResponseEvent', answer),
  'plain signal sendEvent': async (client, run, answer) =>
    await temporalHandle(client, run).signal('sendEvent', typed(answer)),
  'Temporal CLI': async (_client, { workflowId }, answer) =>
    await temporalCli(...signalOf(workflowId, JSON.stringify(answer))),
} satisfies Record<string, Surface>;
type SurfaceName = keyof typeof SURFACES;
const UPDATES: readonly SurfaceName[] = ['respond', 'plain update'];

const surface = fc.oneof(
  { weight: 8, arbitrary: fc.constantFrom(...(Object.keys(SURFACES) as SurfaceName[]).slice(0, -1)) },
  // A process for each: seldom.
  { weight: 1, arbitrary: fc.constant<SurfaceName>('Temporal CLI') },
);
/** Of a run: for each question where its two answers come from. */
const questions = fc.array(fc.tuple(surface, surface), { minLength: 1, maxLength: 5 });

/** What came of an answer, as far as its sender was told at once. */
interface Told {
  readonly from: SurfaceName;
  readonly answer: Answer;
  /** None: it was sent, or taken. */
  readonly error?: unknown;
}

/** Have so many questions at least answered twice. @param atOnce Runs at the same time. */
export async function answerTwice(temporal: TestTemporal, atLeast: number, atOnce: number): Promise<void> {
  const address = process.env['TEMPORAL_ADDRESS'] as string;
  const clients = await Promise.all([connectClient(address), connectClient(address)]);
  try {
    const runs = sampled(questions, atLeast);
    let asked = 0;
    for (let at = 0; asked < atLeast; at += atOnce) {
      const now = runs.slice(at, at + atOnce);
      await Promise.all(now.map(async (pairs) => await answerRunTwice(temporal, clients, pairs)));
      asked += now.reduce((sum, pairs) => sum + pairs.length, 0);
    }
  } finally {
    await Promise.all(clients.map(async (client) => await client.close()));
  }
}

async function answerRunTwice(
  temporal: TestTemporal,
  clients: readonly AgentClient[],
  pairs: readonly (readonly [SurfaceName, SurfaceName])[],
): Promise<void> {
  const run = await temporal.run(
    'toolAgent',
    ({ messages }) =>
      messages.at(-1)?.role === 'tool'
        ? says('Done.')
        : calls(
            ...pairsOf(messages.at(-1)?.content).map((_pair, nth) => ['confirm', { question: `${nth}?` }] as const),
          ),
    `questions: ${JSON.stringify(pairs)}`,
  );
  const asked = await questionsOf(run, pairs.length);
  const told = await Promise.all(
    pairs.flatMap((pair, nth) =>
      pair.map(async (from, side): Promise<Told> => {
        const inputId = asked[nth]?.inputId as string;
        const answer = { inputId, answerId: crypto.randomUUID(), response: `from ${side}, by ${from}` };
        try {
          await SURFACES[from](clients[side] as AgentClient, run, answer);
          return { from, answer };
        } catch (error) {
          return { from, answer, error };
        }
      }),
    ),
  );
  expect(String(await run.result())).toBe('Done.');
  const events: AnyEvent[] = [];
  for await (const event of run.streamEvents({ tokens: false })) events.push(event);
  for (const question of asked) expectOneSettled(question, events, told);
}

function pairsOf(content: unknown): readonly unknown[] {
  return JSON.parse(String(content).slice('questions: '.length)) as readonly unknown[];
}

function expectOneSettled(question: AnyEvent, events: readonly AnyEvent[], told: readonly Told[]): void {
  const both = told.filter(({ answer }) => answer.inputId === question.inputId);
  const outputs = events
    .filter(({ type }) => type === 'ToolCallResult')
    .map((event) => String(event['toolOutput']))
    .filter((output) => output.startsWith(`${String(question['prefix'])} `));
  expect(outputs).toHaveLength(1);
  const winners = both.filter(({ answer }) => outputs[0] === `${String(question['prefix'])} ${answer.response}`);
  expect(winners).toHaveLength(1);
  const [winner] = winners as [Told];
  const loser = both.find((one) => one !== winner) as Told;
  expect(winner.error).toBeUndefined();
  const refusals = events.filter(({ type }) => type === 'AnswerRefused');
  const refused = refusals.filter(({ answerId }) => answerId === loser.answer.answerId);
  if (loser.error === undefined) {
    // An update that was not refused said that it had settled the question.
    expect(UPDATES).not.toContain(loser.from);
    expect(refused).toMatchObject([{ reason: 'conflict', inputId: question.inputId }]);
  } else {
    expect(refused).toEqual([]);
    expect(reasonOf(loser.error)).toBe(UPDATES.includes(loser.from) && !isEnded(loser.error) ? 'conflict' : 'ended');
  }
  expect(refusals.map(({ answerId }) => answerId)).not.toContain(winner.answer.answerId);
}

/** As our client says it, and as Temporal's own does. */
function reasonOf(error: unknown): unknown {
  if (isAgentError(error, 'ANSWER_REFUSED')) return error.details.reason;
  if (isEnded(error)) return 'ended';
  const cause = (error as { readonly cause?: { readonly details?: readonly { readonly reason?: string }[] } }).cause;
  return cause?.details?.[0]?.reason ?? error;
}

/** The run had ended when it came. */
function isEnded(error: unknown): boolean {
  if (isAgentError(error, 'RUN_ENDED')) return true;
  return error instanceof Error && /not found|already completed/i.test(`${error.message} ${String(error.cause)}`);
}
