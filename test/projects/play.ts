/**
 * Play: README's programs in a project, run and answered from outside.
 *
 * @module
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { get, type IncomingMessage } from 'node:http';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { AgentClient } from '../../src/client';
import { eventOfType } from '../setup/temporal';
import type { Project } from './project';

export class Play {
  readonly #project: Pick<Project, 'programs' | 'extension'>;
  readonly #environment: NodeJS.ProcessEnv;
  readonly #node: readonly string[];
  readonly #children: ChildProcess[] = [];

  /** @param node The command that runs a program. Default: this Node. */
  constructor(
    project: Pick<Project, 'programs' | 'extension'>,
    modelUrl: string,
    node: readonly string[] = [process.execPath],
  ) {
    this.#project = project;
    this.#environment = { ...process.env, OPENAI_API_KEY: 'scripted', OPENAI_BASE_URL: modelUrl };
    this.#node = node;
  }

  start(program: string, environment: NodeJS.ProcessEnv = {}): Program {
    const [command = '', ...args] = this.#node;
    const file = join(this.#project.programs, `${program}${this.#project.extension}`);
    const child = spawn(command, [...args, file], {
      env: { ...this.#environment, ...environment },
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    this.#children.push(child);
    return new Program(child);
  }

  /** The keyboard answers. @returns All that the program said. */
  async client(): Promise<string> {
    const program = this.start('client');
    program.whenSaid('Are you sure', () => program.child.stdin?.write('yes\n'));
    return await program.ended();
  }

  /** Another agent answers. */
  async reviewer(): Promise<string> {
    return await this.start('reviewer').ended();
  }

  /** The page shows the question, refuses what it must and takes the right person's answer. */
  async form(): Promise<Form> {
    const port = await freePort();
    const program = this.start('form', { PORT: String(port) });
    const client = await AgentClient.connect();
    const run = await client.run('dangerousAgent', 'I want to proceed.');
    const inputId = (await eventOfType(run, 'InputRequiredEvent')).inputId as string;
    const page = `http://127.0.0.1:${port}/${run.workflowId}`;
    let shown: Response | undefined;
    while (shown === undefined && program.child.exitCode === null) shown = await fetch(page).catch(() => undefined);
    const answer = async (user: string): Promise<string> => {
      const body = new URLSearchParams({ inputId, user_name: user, response: 'no' });
      return await (await fetch(page, { method: 'POST', body })).text();
    };
    const question = (await shown?.text()) ?? program.said;
    const refused = await answer('Mallory');
    const post = { method: 'POST', body: new URLSearchParams({ inputId, response: 'yes' }) };
    const foreign = await fetch(page, { ...post, headers: { origin: 'http://evil.example' } });
    const statuses = [foreign.status, await statusOf(page, `evil.example:${port}`)];
    const large = new URLSearchParams({ inputId, response: 'x'.repeat(200_000) });
    const tooLong = await (await fetch(page, { method: 'POST', body: large })).text();
    const taken = await answer('Laurie');
    const result = String(await run.result());
    await client.close();
    return { question, refused, statuses, tooLong, taken, result };
  }

  async stop(): Promise<void> {
    for (const child of this.#children) {
      if (child.exitCode === null && child.kill()) await once(child, 'exit');
    }
  }
}

/** What somebody was shown. */
interface Form {
  readonly question: string;
  readonly refused: string;
  /** Of a form on another page, and of a host that is not this one. */
  readonly statuses: readonly (number | undefined)[];
  readonly tooLong: string;
  readonly taken: string;
  readonly result: string;
}

export class Program {
  readonly child: ChildProcess;
  said = '';
  readonly #closed: Promise<unknown>;

  constructor(child: ChildProcess) {
    this.child = child;
    // Listened for from the start: it may have ended before somebody waits for it.
    this.#closed = once(child, 'close');
    const hear = (chunk: unknown): void => void (this.said += String(chunk));
    child.stdout?.on('data', hear);
    child.stderr?.on('data', hear);
  }

  whenSaid(text: string, act: () => void): void {
    const look = (): void => {
      if (!this.said.includes(text)) return;
      this.child.stdout?.off('data', look);
      act();
    };
    this.child.stdout?.on('data', look);
  }

  async ended(): Promise<string> {
    await this.#closed;
    return this.said;
  }
}

/** `fetch` does not let anybody say to which host it talks. */
async function statusOf(page: string, host: string): Promise<number | undefined> {
  const [response] = (await once(get(page, { headers: { host } }), 'response')) as [IncomingMessage];
  response.resume();
  return response.statusCode;
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  server.close();
  return port;
}
