/**
 * Reading client: an `openai` client whose responses are bounded, and whose errors can be read whole.
 *
 * The client itself keeps of an error only the field `error`, which many providers do not have: their words would be lost.
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
  /** The response body behind an error. @returns `undefined` when it is not known. */
  readonly bodyOf: (error: unknown) => string | undefined;
}

/** @param client One that cannot be made again with another `fetch` is taken as it is. */
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

/** `AzureOpenAI` does not hand these on by itself. */
function azureOptions(client: ModelClient): object {
  const { apiVersion, deploymentName } = client as { readonly apiVersion?: string; readonly deploymentName?: string };
  return apiVersion === undefined ? {} : { apiVersion, deployment: deploymentName };
}
