/**
 * Refused fields: provider fields that their provider no longer accepts.
 *
 * Encrypted reasoning and signatures outlive their keys when an account, region or model changes. The conversation then
 * continues without them.
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

/** @param of Owner of the fields. @returns Whether one retry without them can help. */
export function refusesProviderFields(
  { status, words, kinds = [] }: ProviderProblem,
  request: ModelRequest,
  of: string,
): boolean {
  if (status !== 400 && status !== 404 && status !== 422) return false;
  const said = [...kinds, words].join(' ').toLowerCase();
  const carries = request.messages.some((message) => 'provider' in message && message.provider?.of === of);
  return carries && REFUSED.some((pattern) => pattern.test(said));
}

/** The same conversation without provider fields. */
export function withoutProviderFields(request: ModelRequest): ModelRequest {
  const messages = request.messages.map((message) => {
    if (!('provider' in message)) return message;
    const { provider: _refused, ...others } = message;
    return others;
  });
  return { ...request, messages };
}
