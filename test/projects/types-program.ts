/**
 * Types program: what projects write beside README's programs, and their compiler must take.
 *
 * Every export is without a type of its own, so that `declaration: true` has to name what is inferred.
 *
 * @module
 */
import type { Files } from './readme-programs';

export const TYPES: Files = new Map([
  [
    'types.ts',
    `import { AgentClient, HumanResponseEvent } from 'countersign/client';
import { encryptedDataConverter, encryptionCodec, startCodecServer } from 'countersign/encryption';
import { startDevServer, startScriptedModel } from 'countersign/testing';
import { agentPlugin, createWorker, implement } from 'countersign/worker';
import { agentTool, defineEvent, openContext } from 'countersign/workflow';
import OpenAI, { AzureOpenAI } from 'openai';
import { number } from 'valibot';
import { sendEmail } from './tools';
import { dangerousAgent } from './workflows';

const workflows = '/nowhere/workflows.js';
export const clients = [new OpenAI({ apiKey: 'x' }), new AzureOpenAI({ apiKey: 'x', endpoint: 'https://x', apiVersion: '1' })];
export const workers = () =>
  clients.map((client) => createWorker({ workflows, openai: client, models: { x: { client, model: 'y' } } }));
export const plugin = () => agentPlugin({ workflows, openai: new OpenAI({ apiKey: 'x' }) });
export const done = implement(sendEmail, () => 'sent');
export const nested = agentTool(dangerousAgent, { description: 'Dares.' });
export const Amount = defineEvent('Amount', { amount: number() });
export const Paid = Amount.extend('Paid');
export const context = () => openContext();
export const waited = async () => await openContext().waitForEvent(Paid);
export const ran = async () => await openContext().runAgent(dangerousAgent, 'x');
export const connected = () => AgentClient.connect();
export const started = async () => await (await connected()).run(dangerousAgent, { userMsg: 'x' });
export const asked = async () => await (await started()).pendingInputs();
export const resulted = async () => await (await started()).result();
export const moved = async () => await (await started()).context();
export const stated = async () => await (await started()).status();
export const answered = async () => await (await started()).respond('x', { response: 'yes' });
export const streamed = async () => (await started()).streamEvents();
export const answer = HumanResponseEvent({ response: 'yes' });
export const definition = dangerousAgent.definition;
export const agents = definition.agents;
export const converter = (keys: Record<string, string>) => encryptedDataConverter({ keys, use: 'x' });
export const codec = (keys: Record<string, string>) => encryptionCodec({ keys, use: 'x' });
export const server = () => startDevServer();
export const model = () => startScriptedModel();
export const codecServer = (keys: Record<string, string>) => startCodecServer({ codec: codec(keys), port: 0 });
`,
  ],
  ['start-mail.ts', started('mailWorker', './mail-worker')],
  ['start-local.ts', started('localWorker', './local-worker')],
]);

function started(name: string, from: string): string {
  return `import { ${name} } from '${from}';

async function main(): Promise<void> {
  const worker = await ${name}();
  const running = worker.run();
  worker.shutdown();
  await running;
  console.log('started ${name}');
}

void main();
`;
}
