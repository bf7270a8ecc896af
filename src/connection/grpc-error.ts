/**
 * gRPC error: what the server itself says in an error of Temporal's client.
 *
 * @module
 */
import { isGrpcServiceError } from '@temporalio/client';

/** The gRPC status codes that matter here. */
export const GRPC = {
  cancelled: 1,
  invalidArgument: 3,
  deadlineExceeded: 4,
  notFound: 5,
  permissionDenied: 7,
  resourceExhausted: 8,
  failedPrecondition: 9,
  unavailable: 14,
  unauthenticated: 16,
} as const;

/** A server's answer. */
export interface ServerError extends Error {
  readonly code: number;
  readonly details: string;
  readonly metadata: { get(name: string): readonly (string | Buffer)[] };
}

/** Temporal's client throws gRPC's error or wraps it. */
export function grpcErrorOf(error: unknown): ServerError | undefined {
  return [error, causeOf(error)].find(isGrpcServiceError);
}

export function causeOf(error: unknown): unknown {
  return typeof error === 'object' && error !== null && 'cause' in error ? error.cause : undefined;
}

/**
 * What to do about a server that said this. Empty when nothing is known.
 *
 * SQLite's code 9 never passes in a dev server: an abandoned query has left a statement open (decision 30).
 */
export function adviceFor(said: string): string {
  if (!/\binterrupted \(9\)/.test(said)) return '';
  return ' The database of this dev server is stuck for good: restart it. From Temporal CLI 1.9 on that does not happen.';
}
