/**
 * Models: the boundary to providers.
 *
 * Replies are read in one place and requests written in one place. The transcript between them is ours: complete, and
 * the same whatever the provider.
 *
 * @module
 */
export { withBoundedBodies } from './bounded-body';
export { type ChatReply, type RawToolCall, readReply } from './chat/read-reply';
export { chatRequest, type ChatRequestParts } from './chat/write-request';
export { toModelFailure } from './classify';
export { argumentsSchema } from './json-schema';
export { type ModelServer, serverText, type SettledServer } from './model-server';
