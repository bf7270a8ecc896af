/**
 * Namespace error: why a worker was not made for its namespace.
 *
 * The server is asked before the SDK makes a worker, because the SDK never releases one that it could not finish, and
 * the process would not end.
 *
 * @module
 */
import type { NativeConnection } from '@temporalio/worker';
import { adviceFor, GRPC, grpcErrorOf } from '../connection';
import { AgentError, errorText } from '../protocol';

/** The words of the SDK's core with the server's answer: code and message. */
const NOT_DESCRIBED =
  /^Namespace .+ was not found or otherwise could not be described: [\s\S]*?code: (\w+)(?:, message: "((?:[^"\\]|\\.)*)")?/;

/** What the core's own retries do not mend. */
const REFUSALS: ReadonlyMap<number, string> = new Map([
  [GRPC.notFound, 'NotFound'],
  [GRPC.permissionDenied, 'PermissionDenied'],
  [GRPC.unauthenticated, 'Unauthenticated'],
]);

/**
 * @param address Absent: somebody else made the connection.
 * @throws AgentError `TEMPORAL_UNREACHABLE` when the server has no such namespace, or does not let us use it.
 */
export async function checkNamespace(
  connection: NativeConnection,
  namespace: string,
  address: string | undefined,
): Promise<void> {
  try {
    await connection.workflowService.describeNamespace({ namespace });
  } catch (error) {
    const grpc = grpcErrorOf(error);
    const refusal = grpc === undefined ? undefined : REFUSALS.get(grpc.code);
    if (refusal === undefined) return;
    throw unreachable(textOf(refusal, grpc?.details || errorText(grpc), namespace), address, error);
  }
}

/**
 * @param address Absent: somebody else made the connection.
 * @returns `TEMPORAL_UNREACHABLE`, or nothing for any other error.
 */
export function namespaceError(
  error: unknown,
  namespace: string,
  address: string | undefined,
): AgentError<'TEMPORAL_UNREACHABLE'> | undefined {
  const [found, code, said = ''] = NOT_DESCRIBED.exec(errorText(error)) ?? [];
  return found === undefined ? undefined : unreachable(textOf(code, said, namespace), address, error);
}

function unreachable(message: string, address: string | undefined, cause: unknown): AgentError<'TEMPORAL_UNREACHABLE'> {
  return new AgentError('TEMPORAL_UNREACHABLE', message, address === undefined ? {} : { address }, { cause });
}

function textOf(code: string | undefined, said: string, namespace: string): string {
  switch (code) {
    case 'NotFound':
      return `The Temporal server has no namespace "${namespace}": create it (temporal operator namespace create --namespace ${namespace}), or set TEMPORAL_NAMESPACE.`;
    case 'PermissionDenied':
    case 'Unauthenticated':
      return `The Temporal server does not let us use the namespace "${namespace}": check TEMPORAL_NAMESPACE, TEMPORAL_API_KEY and the TLS settings. It said: ${said}`;
    default:
      return `The Temporal server could not look up the namespace "${namespace}"; when it is well again, start the worker again. It said: ${said} (${code})${adviceFor(said)}`;
  }
}
