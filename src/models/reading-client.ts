/**
 * Reading client: an `openai` client with bounded responses and complete errors.
 *
 * The client keeps only the field `error` of an error body, which many providers do not have.
 *
 * @module
 */
import { boundedFetch } from './bounded-body';
import type { ModelClient } from './model-server';
import { patientFetch } from './patient-fetch';

/** What the classes of `openai` have besides. */
type OpenAiClient = ModelClient & { withOptions?(options: object): ModelClient };

export interface ReadingClient {
  readonly client: ModelClient;
  /** The response body behind an error. @returns `undefined` when unknown. */
  readonly bodyOf: (error: unknown) => string | undefined;
}

/** @param client Used as it is if it cannot be made again with another `fetch`. */
export function readingClient(client: OpenAiClient): ReadingClient {
  if (typeof client.withOptions !== 'function') return { client, bodyOf: () => undefined };
  const bodies = new WeakMap<object, string>();
  const { fetch: own = fetch } = client as unknown as { readonly fetch?: typeof fetch };
  const bounded = boundedFetch(patientFetch(own));
  const reading: typeof fetch = async (input, init) => {
    const response = await bounded(input, init);
    if (response.ok || response.body === null) return response;
    const text = await response.text().catch(() => '');
    const { status, statusText, headers } = response;
    const copy = new Response(text, { status, statusText, headers });
    bodies.set(copy.headers, text);
    return copy;
  };
  return {
    client: client.withOptions({ fetch: reading, ...azureOptions(client) }),
    bodyOf: (error) => {
      const headers = (error as { readonly headers?: unknown } | null)?.headers;
      return typeof headers === 'object' && headers !== null ? bodies.get(headers) : undefined;
    },
  };
}

/** `AzureOpenAI` does not pass these on. */
function azureOptions(client: ModelClient): object {
  const { apiVersion, deploymentName } = client as { readonly apiVersion?: string; readonly deploymentName?: string };
  return apiVersion === undefined ? {} : { apiVersion, deployment: deploymentName };
}
