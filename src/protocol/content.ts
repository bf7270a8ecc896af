/**
 * Content: what a user message says: a text, or a list of parts as in OpenAI's chat completions.
 *
 * Parts are checked where they enter a run and sent as they came. Bytes go only to models: elsewhere a part appears as
 * `[image]`, `[audio]` or `[file NAME]`.
 *
 * @module
 */
import * as v from 'valibot';
import { schemaProblem } from './event';
import { inertLine } from './inert-text';
import { cutText, jsonProblem } from './json';
import { LIMITS } from './limits';

export interface TextPart {
  readonly type: 'text';
  readonly text: string;
}

export interface ImagePart {
  readonly type: 'image_url';
  readonly image_url: {
    /** An http or https URL, which the provider fetches, or a base64 data: URL. */
    readonly url: string;
    /** How closely the model looks. Default: the provider's. */
    readonly detail?: 'auto' | 'low' | 'high';
  };
}

export interface AudioPart {
  readonly type: 'input_audio';
  readonly input_audio: {
    /** Base64. */
    readonly data: string;
    /** OpenAI takes `wav` and `mp3`. */
    readonly format: 'wav' | 'mp3' | (string & {});
  };
}

export interface FilePart {
  readonly type: 'file';
  /** Its bytes, or where the provider has it. */
  readonly file: {
    /** A base64 data: URL, which OpenAI wants; base64; or a URL, where the provider takes one. */
    readonly file_data?: string;
    /** The id of a file that was uploaded to the provider. */
    readonly file_id?: string;
    /** At most 255 characters. */
    readonly filename?: string;
  };
}

export type ContentPart = TextPart | ImagePart | AudioPart | FilePart;

/** What a user message says. */
export type UserContent = string | readonly ContentPart[];

/** What to do when bytes do not fit. */
export const BY_URL = 'Images and files can be given by URL, or by the file_id of a provider.';

const BASE64 = 'it must be base64: A-Z, a-z, 0-9, + and /, filled up with = to a multiple of 4 characters';
const URL = `it must be an http or https URL of at most ${LIMITS.urlChars} characters, or a data: URL of base64`;

const name = v.pipe(v.string(), v.minLength(1), v.maxLength(LIMITS.fileNameChars));
const base64 = v.pipe(v.string(), v.check(isBase64, BASE64));

const part = v.variant('type', [
  v.strictObject({ type: v.literal('text'), text: v.string() }),
  v.strictObject({
    type: v.literal('image_url'),
    image_url: v.strictObject({
      url: v.pipe(v.string(), v.check(isUrl, URL)),
      detail: v.optional(v.picklist(['auto', 'low', 'high'])),
    }),
  }),
  v.strictObject({
    type: v.literal('input_audio'),
    input_audio: v.strictObject({
      data: base64,
      format: v.pipe(v.string(), v.regex(/^[a-z0-9]{1,16}$/, 'it must be a short name, such as wav or mp3')),
    }),
  }),
  v.strictObject({
    type: v.literal('file'),
    file: v.pipe(
      v.strictObject({
        file_data: v.optional(
          v.pipe(
            v.string(),
            v.check((data) => isBase64(data) || isUrl(data), `${URL}, or base64`),
          ),
        ),
        file_id: v.optional(name),
        filename: v.optional(name),
      }),
      v.check(
        ({ file_data: data, file_id: id }) => (data === undefined) !== (id === undefined),
        'it must have either file_data or file_id',
      ),
    ),
  }),
]);

const parts = v.pipe(
  v.array(part),
  v.minLength(1, 'it has no parts'),
  v.maxLength(LIMITS.contentParts, `it has more than ${LIMITS.contentParts} parts`),
);

/** The schema of a user message's content. */
export const userContent = v.lazy((input) => (Array.isArray(input) ? parts : v.string()));

/** Reads content from anybody. */
export function readContent(content: unknown): { readonly content: UserContent } | { readonly problem: string } {
  const problem = jsonProblem(content) ?? schemaProblem(userContent, content);
  return problem === undefined ? { content: content as UserContent } : { problem };
}

/** Whether it has more than text. */
export function hasMedia(content: UserContent): content is readonly ContentPart[] {
  return typeof content !== 'string' && content.some(({ type }) => type !== 'text');
}

/** Whether it says nothing. */
export function isBlank(content: UserContent): boolean {
  return !hasMedia(content) && contentText(content).trim() === '';
}

/** As a text without bytes: other parts appear in square brackets. */
export function contentText(content: UserContent): string {
  return typeof content === 'string' ? content : content.map(partText).join('\n\n');
}

function partText(one: ContentPart): string {
  if (one.type === 'text') return one.text;
  if (one.type === 'image_url') return '[image]';
  if (one.type === 'input_audio') return '[audio]';
  const filename = cutText(inertLine(one.file.filename ?? '').replaceAll(/[[\]]/g, ''), LIMITS.fileNameChars);
  return filename === '' ? '[file]' : `[file ${filename}]`;
}

function isUrl(text: string): boolean {
  const comma = text.slice(0, DATA_HEAD_CHARS).indexOf(',');
  if (/^data:/i.test(text)) return comma > 0 && DATA_HEAD.test(text.slice(0, comma)) && isBase64(text.slice(comma + 1));
  return (
    text.length <= LIMITS.urlChars &&
    /^https?:\/\//i.test(text) &&
    !/[\s\p{Cc}]/u.test(text) &&
    globalThis.URL.canParse(text)
  );
}

const DATA_HEAD_CHARS = 200;
const DATA_HEAD = /^data:[\w.+-]+\/[\w.+-]+(;[\w.+-]+=[\w.+-]+)*;base64$/i;

/** One pass over its characters, since it can be long. */
function isBase64(text: string): boolean {
  if (text === '' || text.length % 4 !== 0) return false;
  const end = text.endsWith('==') ? -2 : text.endsWith('=') ? -1 : text.length;
  return !/[^A-Za-z0-9+/]/.test(text.slice(0, end));
}
