/**
 * gRPC error: what the server itself says in an error of Temporal's client.
 *
 * @module
 */
import { isGrpcServiceError } from '@temporalio/client';

/** gRPC's own numbers, of which only these matter here. */
export const GRPC = {
  cancelled: 1,
  invalidArgument: 3,
  deadlineExceeded: 4,
  notFound: 5,
  resourceExhausted: 8,
  failedPrecondition: 9,
  unavailable: 14,
} as const;

/** Temporal's client gives gRPC's own error, or wraps it. */
export function grpcErrorOf(error: unknown) {
  return [error, causeOf(error)].find(isGrpcServiceError);
}

export function causeOf(error: unknown): unknown {
  return typeof error === 'object' && error !== null && 'cause' in error ? error.cause : undefined;
}
