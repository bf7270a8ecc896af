/**
 * Given back: fields that a provider gave with a reply, and no longer takes.
 *
 * Encrypted reasoning and signatures outlive their keys: an account or a region is changed, a model is replaced. The
 * conversation goes on without them.
 *
 * @module
 */
import type { ModelRequest } from './model';
import type { ProviderProblem } from './provider-error';

const REFUSED = [
  /encrypted.?content.{0,80}(verified|decrypted|parsed|invalid)|invalid_encrypted_content/,
  /(invalid|corrupt\w*|malformed|expired).{0,20}signature|signature.{0,40}(invalid|not valid|corrupt|expired|malformed)/,
  /(without its required following item|item with id .{0,80}not found)/,
];

/** @param of Whose fields the request carries. @returns Whether asking once more without them can help. */
export function refusesGivenBack(
  { status, words, kinds = [] }: ProviderProblem,
  request: ModelRequest,
  of: string,
): boolean {
  if (status !== 400 && status !== 404 && status !== 422) return false;
  const said = [...kinds, words].join(' ').toLowerCase();
  const carries = request.messages.some((message) => 'provider' in message && message.provider?.of === of);
  return carries && REFUSED.some((pattern) => pattern.test(said));
}

/** The same conversation, as it is told to a provider that gave none of it. */
export function withoutGivenBack(request: ModelRequest): ModelRequest {
  const messages = request.messages.map((message) => {
    if (!('provider' in message)) return message;
    const { provider: _refused, ...others } = message;
    return others;
  });
  return { ...request, messages };
}
