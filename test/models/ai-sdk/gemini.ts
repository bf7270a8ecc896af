/**
 * Gemini: its generateContent, under its documented rules. Signatures are remembered: they must come back as they were.
 *
 * @module
 */
import type { Asked, Fields, Handle } from './provider';

interface Content {
  readonly role: string;
  readonly parts: readonly (Fields & { readonly functionCall?: { readonly name: string } })[];
}

function geminiRefusal({ path, headers, body }: Asked, contents: readonly Content[]): string | undefined {
  if (!/^\/v1beta\/models\/[\w.-]+:(generateContent|streamGenerateContent)$/.test(path.split('?')[0] ?? ''))
    return `Not found: ${path}`;
  if (typeof headers['x-goog-api-key'] !== 'string' && !/[?&]key=./.test(path))
    return 'API key not valid. Please pass a valid API key.';
  if (contents.length === 0) return 'contents is not specified';
  for (const [at, { role, parts }] of contents.entries()) {
    if (role !== (at % 2 === 0 ? 'user' : 'model'))
      return 'Please ensure that multiturn requests alternate between user and model.';
    if (parts.length === 0) return 'Unable to submit request because it must include at least one parts field.';
    const calls = parts.filter((part) => 'functionCall' in part).length;
    const answers = (contents[at + 1]?.parts ?? []).filter((part) => 'functionResponse' in part).length;
    if (calls !== answers) {
      return 'Please ensure that the number of function response parts is equal to the number of function call parts of the function call turn.';
    }
  }
  const declared = ((body['tools'] ?? []) as readonly Fields[]).flatMap(
    (tool) => (tool['functionDeclarations'] ?? []) as readonly Fields[],
  );
  const bad = declared.find(({ name }) => !/^[a-zA-Z_][a-zA-Z0-9_.-]{0,63}$/.test(String(name)));
  return bad === undefined ? undefined : `Invalid function name ${String(bad['name'])}`;
}

export function generateContent(): Handle {
  /** Each with the name of the function whose call it signs. */
  const signatures = new Map<string, string>();
  return (asked, { text, calls = [] }, nth) => {
    const contents = asked.body['contents'] as readonly Content[];
    const bad = contents
      .flatMap(({ parts }) => parts)
      .find(
        ({ functionCall, thoughtSignature }) =>
          functionCall !== undefined && signatures.get(String(thoughtSignature)) !== functionCall.name,
      );
    const refusal =
      bad === undefined
        ? geminiRefusal(asked, contents)
        : 'Function call is missing a thought_signature in functionCall parts. This is required for tools to work correctly.';
    const parts = [
      ...(text === undefined ? [] : [{ text }]),
      ...calls.map(({ name, args }, at) => ({ functionCall: { name, args }, thoughtSignature: `signed-${nth}-${at}` })),
    ];
    for (const part of parts) {
      if ('thoughtSignature' in part) signatures.set(part.thoughtSignature, part.functionCall.name);
    }
    const whole = {
      candidates: [{ content: { parts, role: 'model' }, finishReason: 'STOP', index: 0 }],
      usageMetadata: { promptTokenCount: 7, candidatesTokenCount: 3, totalTokenCount: 10 },
    };
    return { ...(refusal === undefined ? {} : { refusal }), events: [whole], whole };
  };
}
