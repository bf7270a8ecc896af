/**
 * Namespace error: why a worker was not made for its namespace, which Temporal's core looks up first.
 *
 * @module
 */
import { adviceFor } from '../connection';
import { AgentError, errorText } from '../protocol';

/** The core's words, with the server's answer: its code by name, and what it said. */
const NOT_DESCRIBED =
  /^Namespace .+ was not found or otherwise could not be described: [\s\S]*?code: (\w+)(?:, message: "((?:[^"\\]|\\.)*)")?/;

/**
 * @param address Absent: the connection was made by somebody else.
 * @returns `TEMPORAL_UNREACHABLE`, or nothing for an error about anything else.
 */
export function namespaceError(
  error: unknown,
  namespace: string,
  address: string | undefined,
): AgentError<'TEMPORAL_UNREACHABLE'> | undefined {
  const [found, code, said = ''] = NOT_DESCRIBED.exec(errorText(error)) ?? [];
  if (found === undefined) return undefined;
  return new AgentError(
    'TEMPORAL_UNREACHABLE',
    textOf(code, said, namespace),
    address === undefined ? {} : { address },
    {
      cause: error,
    },
  );
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
