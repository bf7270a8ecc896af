/**
 * Written: parts of a request common to all wire protocols, within all providers' limits.
 *
 * @module
 */
import type { JsonObject } from '../protocol';
import type { ModelRequest, OfferedTool } from './model';

/** OpenAI's limit for the description of a function. Unit: characters. */
const DESCRIPTION_CHARS = 1024;
/** The longest function name that every provider takes. Unit: characters. */
const NAME_CHARS = 64;
const CONTINUED = '\n(Continued in the description of the parameters.)';

/**
 * Everything that neither a person nor a model said, as one text: not every provider takes several system messages, or
 * a late one.
 */
export function systemText({ system, messages }: ModelRequest): string {
  const also = messages.flatMap((message) => (message.role === 'system' ? [message.content] : []));
  return [...system, ...also].filter((text) => text.trim() !== '').join('\n\n');
}

/** A model can make up any name; its result says which it was. */
export function writtenName(name: string): string {
  return name.replaceAll(/[^a-zA-Z0-9_-]/g, '_').slice(0, NAME_CHARS) || '_';
}

/** A description that is too long continues in the schema, which has no such limit. */
export function writtenTool({ name, description, parameters }: OfferedTool): WrittenTool {
  if (description.trim() === '') return { name, description: name, parameters };
  if (description.length <= DESCRIPTION_CHARS) return { name, description, parameters };
  const head = description.slice(0, DESCRIPTION_CHARS - CONTINUED.length);
  const cut = Math.max(head.lastIndexOf('\n'), head.lastIndexOf(' '));
  const end = cut > DESCRIPTION_CHARS / 2 ? cut : head.length - (/[\ud800-\udbff]$/.test(head) ? 1 : 0);
  const own = typeof parameters['description'] === 'string' ? `\n\n${parameters['description']}` : '';
  return {
    name,
    description: head.slice(0, end) + CONTINUED,
    parameters: { ...parameters, description: description.slice(end).trimStart() + own },
  };
}

interface WrittenTool {
  readonly name: string;
  readonly description: string;
  readonly parameters: JsonObject;
}
