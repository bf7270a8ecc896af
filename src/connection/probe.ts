/**
 * Probe: what answers at an address, to explain a failed connection.
 *
 * gRPC only says that it did not connect in time. One attempt in plain text and one with TLS tell a missing server from
 * a wrong way of talking to it. No request and no key is sent.
 *
 * @module
 */
import { connect as connectHttp2 } from 'node:http2';
import { isIP } from 'node:net';
import { connect as connectTls, type TLSSocket } from 'node:tls';
import type { TLSConfig } from '@temporalio/client';
import { errorText } from '../protocol';

export type Answer =
  /** A server that speaks HTTP/2 without TLS. */
  | { readonly kind: 'plain' }
  /** A server that speaks TLS; `distrust` says why its certificate is not trusted. */
  | { readonly kind: 'tls'; readonly distrust?: string }
  /** No server of either kind. */
  | { readonly kind: 'none'; readonly why?: string };

/** Unit: milliseconds. */
const WITHIN_MS = 1000;

/** @param address `host:port`; the default port is 7233. */
export async function probe(address: string, tls: TLSConfig = {}): Promise<Answer> {
  const [, host = address, port = '7233'] = /^(.*?)(?::(\d+))?$/.exec(address) ?? [];
  const place = { host: host.replace(/^\[|\]$/g, ''), port: Number(port) };
  if (place.port > 65_535) return { kind: 'none', why: 'there is no such port' };
  if (!URL.canParse(urlOf(place))) return { kind: 'none', why: 'there can be no such host' };
  const [plain, encrypted] = await Promise.all([probePlain(place), probeTls(place, tls)]);
  return plain.kind === 'plain' ? plain : encrypted;
}

interface Place {
  readonly host: string;
  readonly port: number;
}

function urlOf({ host, port }: Place): string {
  return `http://${isIP(host) === 6 ? `[${host}]` : host}:${port}`;
}

function probePlain(place: Place): Promise<Answer> {
  return new Promise((resolve) => {
    const session = connectHttp2(urlOf(place));
    const end = (answer: Answer): void => {
      clearTimeout(tooLong);
      session.destroy();
      resolve(answer);
    };
    const tooLong = setTimeout(() => end({ kind: 'none' }), WITHIN_MS);
    session.once('remoteSettings', () => end({ kind: 'plain' }));
    session.on('error', () => end({ kind: 'none' }));
    session.once('close', () => end({ kind: 'none' }));
  });
}

function probeTls({ host, port }: Place, { serverNameOverride, serverRootCACertificate }: TLSConfig): Promise<Answer> {
  const servername = serverNameOverride ?? (isIP(host) === 0 ? host : undefined);
  return new Promise((resolve) => {
    const socket: TLSSocket = connectTls({
      host,
      port,
      ALPNProtocols: ['h2'],
      rejectUnauthorized: false,
      ...(servername === undefined ? {} : { servername }),
      ...(serverRootCACertificate ? { ca: Buffer.from(serverRootCACertificate) } : {}),
    });
    const end = (answer: Answer): void => {
      clearTimeout(tooLong);
      socket.destroy();
      resolve(answer);
    };
    const tooLong = setTimeout(() => end({ kind: 'none' }), WITHIN_MS);
    socket.once('secureConnect', () =>
      end(socket.authorized ? { kind: 'tls' } : { kind: 'tls', distrust: String(socket.authorizationError) }),
    );
    // A server that refuses us by a TLS alert, for example for want of a client certificate, speaks TLS.
    socket.on('error', (error: NodeJS.ErrnoException) =>
      end(/ALERT/i.test(error.code ?? '') ? { kind: 'tls' } : { kind: 'none', why: whyNot(error) }),
    );
    socket.once('close', () => end({ kind: 'none' }));
  });
}

/** A system error says why nobody is there. Others are about what was said. */
function whyNot(error: NodeJS.ErrnoException): string {
  return error.syscall === undefined ? 'what answers there is no Temporal server' : errorText(error);
}
