/**
 * A web form that answers the questions of a run: `/WORKFLOW_ID`.
 *
 * Put your own login in front of it: a `user_name` is what the sender says it is.
 *
 * @module
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { AgentClient, type ExpectedField, type PendingInput, type WorkflowHandler } from 'countersign/client';

const PORT = Number(process.env['PORT'] ?? 8080);
const HOSTS = [`127.0.0.1:${PORT}`, `localhost:${PORT}`]; // by no other name: else any web page could reach it
const shown = (value: unknown): string =>
  (typeof value === 'string' ? value : JSON.stringify(value ?? '')).replace(
    /[&<>"]/g,
    (mark) => `&#${mark.charCodeAt(0)};`,
  );

/** What a question takes: its fields, and those it requires to be something. */
function fieldsOf({ expectedFields, requirements }: PendingInput): readonly ExpectedField[] {
  const required = Object.entries(requirements).filter(
    ([name]) => !expectedFields.some((field) => field.name === name),
  );
  return [
    ...expectedFields,
    ...required.map(([name, value]): ExpectedField => ({ name, kind: typeof value === 'string' ? 'string' : 'json' })),
  ];
}

function inputOf({ name, kind, choices = kind === 'boolean' ? [true, false] : undefined }: ExpectedField): string {
  const input = choices
    ? `<select name="${shown(name)}"><option></option>${choices.map((choice) => `<option>${shown(choice)}</option>`).join('')}</select>`
    : `<input name="${shown(name)}">`;
  return `<label>${shown(name)} ${input}</label> `;
}

function valueOf({ kind, choices }: ExpectedField, text: string): unknown {
  if (choices) return choices.find((choice) => String(choice) === text) ?? text;
  return kind === 'string' ? text : JSON.parse(text);
}

async function formOf(request: IncomingMessage): Promise<URLSearchParams> {
  let text = '';
  for await (const chunk of request.setEncoding('utf8')) {
    text += chunk;
    if (text.length > 100_000) throw new Error('This is too long.');
  }
  return new URLSearchParams(text);
}

/** @returns What to say above the questions. */
async function take(run: WorkflowHandler, request: IncomingMessage): Promise<string> {
  try {
    const form = await formOf(request);
    const question = (await run.pendingInputs()).find(({ inputId }) => inputId === form.get('inputId'));
    if (question === undefined) return 'This question is no longer open.';
    const typed = fieldsOf(question).filter(({ name }) => form.get(name)?.trim());
    const answer = typed.map((field) => [field.name, valueOf(field, form.get(field.name) ?? '')]);
    await run.respond(question, Object.fromEntries(answer));
    return 'Thank you.';
  } catch (error) {
    return error instanceof Error ? error.message : 'The answer could not be taken.';
  }
}

async function pageOf(run: WorkflowHandler, note: string): Promise<string> {
  const questions = await run.pendingInputs().catch(() => []);
  const forms = questions.map(
    (question) => `<form method="post"><p>${shown(question.event?.['prefix'])}</p>
      <input type="hidden" name="inputId" value="${shown(question.inputId)}">
      ${fieldsOf(question).map(inputOf).join('')}<button>Answer</button></form>`,
  );
  return `<p>${shown(note)}</p>${forms.join('')}`;
}

async function serve(client: AgentClient, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { host = '', origin = `http://${host}` } = request.headers;
  if (!HOSTS.includes(host) || origin !== `http://${host}`) return void response.writeHead(403).end('Not from here.');
  const run = client.getHandler((request.url ?? '/').slice(1));
  const note = request.method === 'POST' ? await take(run, request) : '';
  response.setHeader('content-type', 'text/html; charset=utf-8').end(await pageOf(run, note));
}

async function main(): Promise<void> {
  const client = await AgentClient.connect();
  createServer((request, response) => void serve(client, request, response)).listen(PORT, '127.0.0.1');
}

void main();
