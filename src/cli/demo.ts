/**
 * `countersign demo`: one run of an agent, from message to final response, in front of a person.
 *
 * Server, model and worker are started for this run where there are none. The run belongs to Temporal: it can be
 * answered from anywhere, and a server that was there before keeps it.
 *
 * @module
 */
import type { WorkflowHandler } from '../client';
import { attend } from './attend';
import type { Lifetime } from './lifetime';
import { startLocalStack, type LocalStack, type LocalStackOptions } from './local-stack';
import { runPage } from './temporal-ui';
import { Terminal } from './terminal';
import { oneLine, plainText } from './text';

export interface DemoOptions extends LocalStackOptions {
  readonly module: string;
  readonly agent: string;
  readonly message: string;
  /** The answer to every question, instead of typing. */
  readonly answer?: string;
}

export async function demo(options: DemoOptions, lifetime: Lifetime): Promise<void> {
  if (options.answer === undefined && !process.stdin.isTTY) {
    throw new Error('There is no terminal to ask at: run this in one, or give the answer with --answer yes.');
  }
  const terminal = new Terminal(lifetime.interrupted);
  try {
    const stack = await startLocalStack(options, terminal, lifetime, (line) => {
      if (!TOLD_OTHERWISE.test(line)) terminal.line(terminal.paint('dim', line));
    });
    await runOnce(options, stack, terminal, lifetime);
  } finally {
    terminal.close();
  }
}

/** Warnings that the run or its attendant reports already. */
const TOLD_OTHERWISE = /^warn: (Activity failed|Workflow failed|Failing workflow task|gRPC call)/;

async function runOnce(options: DemoOptions, stack: LocalStack, terminal: Terminal, lifetime: Lifetime): Promise<void> {
  const { agent, message, answer, taskQueue } = options;
  const { client, uiUrl, namespace } = stack.temporal;
  const workflowId = `${agent}-${crypto.randomUUID().slice(0, 8)}`;
  const handler = await client.run(agent, { userMsg: message }, { workflowId, taskQueue });
  let hasEnded = false;
  lifetime.closing(async () => {
    if (!hasEnded) await leave(handler, stack, options, terminal, lifetime);
  });
  terminal.item('Run', workflowId);
  const page = runPage(uiUrl, namespace, workflowId);
  terminal.item('Page', uiUrl === undefined ? `${page} in your Temporal UI` : page);
  terminal.line();
  terminal.item('You', oneLine(message));
  terminal.line();

  await attend({ handler, stack, terminal, taskQueue, ...(answer === undefined ? {} : { answer }) }, lifetime);
  hasEnded = true;
  const result = await handler.result();
  terminal.line();
  terminal.item('Agent', plainText(String(result)));
}

/**
 * A run that has not ended stays on a server that outlives the demo when a person left it, and is terminated when it
 * went wrong.
 */
async function leave(
  { workflowId }: WorkflowHandler,
  { temporal }: LocalStack,
  { module, taskQueue }: DemoOptions,
  terminal: Terminal,
  lifetime: Lifetime,
): Promise<void> {
  if (temporal.origin === 'started') return;
  const client = temporal.client.temporal;
  if (lifetime.interrupted.aborted) {
    terminal.line(
      `The run stays at ${temporal.address}; \`countersign dev ${module} --task-queue ${taskQueue}\` goes on with it.`,
    );
    return;
  }
  await client.withDeadline(Date.now() + 1000, () =>
    client.workflow.getHandle(workflowId).terminate('The demo that started it has gone wrong'),
  );
}
