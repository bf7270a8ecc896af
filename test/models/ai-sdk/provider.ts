/**
 * Provider: what a server of these tests is asked and told to reply.
 *
 * @module
 */
import type { IncomingHttpHeaders } from 'node:http';

export interface Reply {
  readonly text?: string;
  readonly thought?: string;
  readonly calls?: readonly { readonly name: string; readonly args: object }[];
  readonly status?: number;
  /** What an error says. */
  readonly message?: string;
}

export type Fields = Readonly<Record<string, unknown>>;
export type Handle = (
  asked: Asked,
  reply: Reply,
  nth: number,
) => { readonly refusal?: string; readonly events: readonly object[]; readonly whole: object };

export interface Asked {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Fields;
}
