import { expect, test } from '@jest/globals';
import type { AgentClient } from '../../src/client';
import { AgentWorkflow } from '../../src/workflows';

declare const client: AgentClient;
const agent = AgentWorkflow.fromToolsOrFunctions([], { name: 'agent', llm: 'm' });
async function order(_input: { readonly amount: number }): Promise<string> {
  return '';
}

/** Checked by the compiler, and not called. */
async function starts(): Promise<readonly unknown[]> {
  return [
    // @ts-expect-error -- a misspelt field
    await client.run(agent, { userMsg: 'x', maxIteration: 3 }),
    // @ts-expect-error -- a misspelt field alone
    await client.run(agent, { userMessage: 'x' }),
    // @ts-expect-error -- a field of another workflow
    await client.run(order, { amount: 1, userMsg: 'x' }),
    // @ts-expect-error -- a value of another type
    await client.run(order, { amount: '1' }),
    await client.run(agent, { userMsg: 'x', maxIterations: 3 }),
    await client.run(agent, 'x'),
    await client.run(order, { amount: 1 }),
    await client.run('agent', { anything: true }),
  ];
}

test('a misspelt field of a start input does not compile', () => {
  expect(starts).toBeDefined();
});
