/**
 * Connect error: why Temporal could not be reached, and what to do.
 *
 * @module
 */
import type { ConnectionOptions } from '@temporalio/client';
import { AgentError, errorText, isAgentError } from '../protocol';
import { refusedSettings } from './open-connection';
import { probe } from './probe';

/** A connection that was tried. */
export interface Tried {
  readonly address: string;
  readonly tls?: ConnectionOptions['tls'];
  readonly apiKey?: ConnectionOptions['apiKey'];
  /** The setting that turned TLS on. Default: the options given in code. */
  readonly tlsSetBy?: string | undefined;
  /** What to do when there is no server. */
  readonly advice?: string;
}

const ADVICE = 'start one (temporal server start-dev), or set TEMPORAL_ADDRESS';

/** @returns `TEMPORAL_UNREACHABLE`, or `INVALID_SETTING` when the SDK refuses the options themselves. */
export async function connectError(error: unknown, tried: Tried): Promise<AgentError> {
  const { address } = tried;
  if (isAgentError(error)) return error;
  if (error instanceof TypeError) return refusedSettings(error);
  return new AgentError('TEMPORAL_UNREACHABLE', await explain(error, tried), { address }, { cause: error });
}

async function explain(error: unknown, { address, tls, apiKey, tlsSetBy, advice = ADVICE }: Tried): Promise<string> {
  const reason = reasonOf(error);
  if (/unauthenticated|permission.?denied/i.test(reason)) {
    return `The Temporal server at ${address} refused us: check TEMPORAL_API_KEY and the TLS settings. (${reason})`;
  }
  const isTls = tls === undefined || tls === null ? apiKey !== undefined : tls !== false;
  const answer = await probe(address, typeof tls === 'object' && tls !== null ? tls : {});
  if (isTls && answer.kind === 'plain') {
    const by = tlsSetBy ?? (tls === undefined ? 'the option apiKey' : 'the option tls');
    const off =
      by === 'the option tls'
        ? 'leave it out'
        : /api_?key/i.test(by)
          ? `unset it, or set TEMPORAL_TLS=false`
          : 'unset it';
    return `The Temporal server at ${address} speaks no TLS, and TLS was tried because of ${by}: ${off}, or set TEMPORAL_ADDRESS to the server that it is for.`;
  }
  if (!isTls && answer.kind === 'tls') {
    return `The server at ${address} speaks TLS, and it was tried without: set TEMPORAL_TLS=true, or TEMPORAL_API_KEY where it asks for a key.`;
  }
  if (isTls && answer.kind === 'tls' && answer.distrust !== undefined) {
    return `The certificate of the server at ${address} is not trusted (${answer.distrust}): set TEMPORAL_TLS_SERVER_CA_CERT_PATH to that of its authority, or TEMPORAL_TLS_SERVER_NAME to the name that is in it.`;
  }
  if (isTls && answer.kind === 'tls') {
    return `The server at ${address} speaks TLS, but did not answer as Temporal does: check TEMPORAL_ADDRESS, and TEMPORAL_TLS_CLIENT_CERT_PATH where it asks for a certificate of yours. (${reason})`;
  }
  const why = answer.kind === 'none' ? (answer.why ?? reason) : reason;
  return `No Temporal server answers at ${address}: ${advice}. (${why})`;
}

/** The innermost message: the SDK's core nests several, its client has one as the cause. */
function reasonOf(error: unknown): string {
  const cause = typeof error === 'object' && error !== null && 'cause' in error ? error.cause : undefined;
  const text = errorText(cause ?? error);
  return [...text.matchAll(/message: "([^"]+)"/g)].at(-1)?.[1] ?? text;
}
