/**
 * Scripted model: an OpenAI-compatible server that says what it is told to say.
 *
 * It stands in for a paid model behind the real `openai` client, so tests cover HTTP, streaming, retries and aborts. It
 * listens on 127.0.0.1, keeps every request, and no client can bring it down.
 *
 * @module
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { checkOptions, errorText, KINDS, type OptionTable } from '../protocol';
import { autoReply } from './auto-reply';
import { counter } from './counter';
import { asChatRequest } from './responses';
import { type ProviderRules, refusalBy, type RuleRefusal } from './rules';
import { Given } from './rules/given';
import { responsesRefusal } from './rules/responses';
import { type ModelRequest, type ModelScript, type Quirk, replyAt } from './scripted-reply';
import { NO_RETRY, sendError, sendJson, sendReply, type Wire } from './send-reply';
import { chatWire, responsesWire } from './wires';

export interface ScriptedModelOptions {
  /** What to say. Default: auto mode, the rules of `autoReply`. */
  readonly replies?: ModelScript;
  /** Default: any free port. */
  readonly port?: number;
  /** Whose rules requests must keep: a violation gets the provider's own 400. Default: `openai`. */
  readonly rules?: ProviderRules;
  /** How replies differ from OpenAI's, unless a reply says otherwise. */
  readonly quirks?: readonly Quirk[];
}

const OPTIONS: OptionTable<ScriptedModelOptions> = {
  replies: {
    noun: 'a list of replies, or a function',
    fits: (value) => KINDS.list.fits(value) || KINDS.code.fits(value),
  },
  port: KINDS.number,
  quirks: KINDS.texts,
  rules: KINDS.text,
};

/** A running scripted model. */
export interface ScriptedModel {
  /** Base URL for the `openai` client; ends in `/v1`. Any API key will do. */
  readonly url: string;
  /** Every readable request for a reply, as chat completions, in order, over all scripts. */
  readonly requests: readonly ModelRequest[];
  /** Requests whose client went away before the reply ended. */
  readonly aborted: number;
  /** Replaces the replies and starts from the first. Replies under way continue. */
  script(replies: ModelScript): void;
  /**
   * Resolves once `count` requests have come since the server started.
   *
   * @throws Error when the model is closed before.
   */
  whenRequested(count: number): Promise<void>;
  /** As `whenRequested`, for `aborted`. */
  whenAborted(count: number): Promise<void>;
  /** Stops listening and drops requests under way. Resolves when the port is free; may be called twice. */
  close(): Promise<void>;
}

/**
 * Starts a scripted model.
 *
 * Requests take the replies in the order they arrive. When a script has run out, its last entry
 * repeats if that is an error or a disconnect; otherwise the request gets HTTP 500 with the code
 * `script_exhausted`, marked so that the `openai` client does not retry it.
 *
 * @throws Error when `port` is in use.
 */
export async function startScriptedModel(options: ScriptedModelOptions = {}): Promise<ScriptedModel> {
  checkOptions('startScriptedModel', options, OPTIONS);
  const quirks = options.quirks ?? [];
  const rules = options.rules ?? 'openai';
  const requests: ModelRequest[] = [];
  const requested = counter('requests');
  const aborted = counter('aborted requests');
  let script: ModelScript = options.replies ?? autoReply;
  let next = 0;
  let closed: Promise<void> | undefined;
  const isClosed = () => closed !== undefined;

  async function chat(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const request = parseRequest(await readBody(incoming));
    if (typeof request === 'string') return sendError(response, 400, { message: request });
    await answer(response, request, refusalBy(rules, request, given), chatWire(given));
  }

  const given = new Given(rules);
  /** Encrypted reasoning that was given, to be returned unchanged. */
  const reasoning = new Set<string>();

  async function responses(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = parseObject(await readBody(incoming));
    if (typeof body === 'string') return sendError(response, 400, { message: body });
    await answer(response, asChatRequest(body), responsesRefusal(body, reasoning), responsesWire(body, reasoning));
  }

  async function answer(
    response: ServerResponse,
    request: ModelRequest,
    refusal: RuleRefusal | undefined,
    wire: Wire,
  ): Promise<void> {
    const number = requests.push(request);
    if (refusal !== undefined) {
      requested.add();
      return sendJson(response, refusal.status, refusal.body);
    }
    const index = next++;
    const gone = new AbortController();
    let isHungUp = false;
    response.once('close', () => {
      gone.abort();
      if (!response.writableFinished && !isHungUp && !isClosed()) aborted.add();
    });
    const hangUp = () => {
      isHungUp = true;
      response.destroy();
    };
    requested.add();
    const reply = replyAt(script, request, index);
    await sendReply(response, { reply, request, number, rules, wire, quirks, gone: gone.signal, hangUp });
  }

  const server = createServer((incoming, response) => {
    const path = `${incoming.method} ${incoming.url?.split('?')[0]}`;
    if (path === 'GET /v1/models') return sendJson(response, 200, MODELS);
    const serve = { 'POST /v1/chat/completions': chat, 'POST /v1/responses': responses }[path];
    if (serve === undefined) {
      const message = `${path} is not served here: POST /v1/chat/completions, POST /v1/responses and GET /v1/models are.`;
      return sendError(response, 404, { message, code: 'not_found' });
    }
    serve(incoming, response).catch((error: unknown) => {
      const message = `The script failed: ${errorText(error)}`;
      sendError(response, 500, { message, code: 'script_failed' }, NO_RETRY);
    });
  });
  const port = await listen(server, options.port ?? 0);

  return {
    url: `http://127.0.0.1:${port}/v1`,
    requests,
    get aborted() {
      return aborted.count;
    },
    script(replies) {
      script = replies;
      next = 0;
    },
    whenRequested: (count) => requested.reached(count),
    whenAborted: (count) => aborted.reached(count),
    close() {
      closed ??= new Promise((resolve) => {
        requested.close();
        aborted.close();
        server.close(() => resolve());
        server.closeAllConnections();
      });
      return closed;
    },
  };
}

const MODELS = {
  object: 'list',
  data: [{ id: 'scripted', object: 'model', created: 0, owned_by: 'countersign' }],
};

async function readBody(incoming: IncomingMessage): Promise<string> {
  const parts: Buffer[] = [];
  for await (const part of incoming) parts.push(part as Buffer);
  return Buffer.concat(parts).toString('utf8');
}

/** An object, or words for why it is none. */
function parseObject(body: string): Readonly<Record<string, unknown>> | string {
  try {
    const parsed: unknown = JSON.parse(body);
    return typeof parsed === 'object' && parsed !== null
      ? (parsed as Record<string, unknown>)
      : 'The body is not a JSON object.';
  } catch {
    return 'The body is not JSON. Send a request of chat completions or of the Responses API.';
  }
}

/** The request, or words for why it is none. */
function parseRequest(body: string): ModelRequest | string {
  const parsed = parseObject(body);
  if (typeof parsed === 'string') return parsed;
  const { model, messages, tools } = parsed as Partial<ModelRequest>;
  if (typeof model !== 'string') return 'The field model is missing: name any model.';
  const isMessage = (message: unknown) => typeof message === 'object' && message !== null && 'role' in message;
  if (!Array.isArray(messages) || messages.length === 0 || !messages.every(isMessage)) {
    return 'The field messages must be a list of one or more messages, each with a role.';
  }
  if (
    tools !== undefined &&
    !(Array.isArray(tools) && tools.every((tool) => typeof tool?.function?.name === 'string'))
  ) {
    return 'The field tools must be a list of functions, each with a name.';
  }
  return parsed as ModelRequest;
}

function listen(server: Server, port: number): Promise<number> {
  // An idle connection that the client still means to use must stay open.
  server.keepAliveTimeout = 0;
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EADDRINUSE') return reject(error);
      reject(new Error(`Port ${port} is in use. Stop what listens there, or give no port to get a free one.`));
    });
    server.listen(port, '127.0.0.1', () => resolve((server.address() as AddressInfo).port));
  });
}
