/**
 * Content: which parts of a user message each provider takes.
 *
 * @module
 */
import type { ModelRequest } from '../scripted-reply';
import type { Check } from './checks';

interface Part {
  readonly type?: unknown;
  readonly image_url?: { readonly url?: unknown };
  readonly file?: { readonly file_data?: unknown };
}

export interface FoundPart {
  /** Index of its message, and of the part within. */
  readonly message: number;
  readonly nth: number;
  readonly type: string;
  readonly part: Part;
}

function partsOf({ messages }: ModelRequest): readonly FoundPart[] {
  return messages.flatMap(({ content }, message) =>
    Array.isArray(content)
      ? (content as readonly Part[]).map((part, nth) => ({ message, nth, type: String(part.type), part }))
      : [],
  );
}

const mediaAreOfUsers: Check = ({ messages }) => {
  const bad = messages.findIndex(
    ({ role, content }) => Array.isArray(content) && role !== 'user' && content.some(({ type }) => type !== 'text'),
  );
  return bad < 0
    ? undefined
    : `Invalid 'messages[${bad}]'. Image URLs are only allowed for messages with role 'user', but this message with role '${messages[bad]?.role}' contains an image URL.`;
};

const listsHoldSomething: Check = ({ messages }) => {
  const bad = messages.findIndex(({ content }) => Array.isArray(content) && content.length === 0);
  return bad < 0
    ? undefined
    : `Invalid 'messages[${bad}].content': empty array. Expected an array with minimum length 1, but got an empty array instead.`;
};

export const listsAreSound: Check = (request) => mediaAreOfUsers(request) ?? listsHoldSomething(request);

/** A template that concatenates texts cannot use a list of them. */
export const textsAreStrings: Check = ({ messages }) =>
  messages.some(({ content }) => Array.isArray(content) && content.every(({ type }) => type === 'text'))
    ? 'can only concatenate str (not "list") to str'
    : undefined;

/** @param types Taken beside texts. @param say The complaint. @param models Those that take them; default: all. */
export const partsAre =
  (types: readonly string[], say: (found: FoundPart) => string, models = /./): Check =>
  (request) => {
    const taken = ['text', ...(models.test(request.model) ? types : [])];
    const found = partsOf(request).find(({ type }) => !taken.includes(type));
    return found === undefined ? undefined : say(found);
  };

export const claudeTakesParts: Check = (request) => {
  const refused = partsOf(request).find(({ type }) => !['text', 'image_url', 'file'].includes(type));
  if (refused !== undefined) {
    const { message, nth, type } = refused;
    return `messages.${message}.content.${nth}: Input tag '${type}' found using 'type' does not match any of the expected tags: 'document', 'image', 'text', 'tool_result', 'tool_use'`;
  }
  const odd = partsOf(request).find(({ part }) => {
    const url = part.image_url?.url;
    return typeof url === 'string' && url.startsWith('data:') && !/^data:image\/(jpeg|png|gif|webp);/.test(url);
  });
  return odd === undefined
    ? undefined
    : `messages.${odd.message}.content.${odd.nth}.image.source.base64.media_type: Input should be 'image/jpeg', 'image/png', 'image/gif' or 'image/webp'`;
};

/** OpenAI documents base64; its server wants the media type too. */
export const filesHaveTypes: Check = (request) => {
  const bad = partsOf(request).find(({ part }) => {
    const data = part.file?.file_data;
    return typeof data === 'string' && !data.startsWith('data:');
  });
  return bad === undefined
    ? undefined
    : `Invalid 'messages[${bad.message}].content[${bad.nth}].file.file_data': expected a base64-encoded data URL.`;
};
