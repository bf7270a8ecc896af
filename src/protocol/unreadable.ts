/**
 * Unreadable: how a payload that nobody here can decode says why.
 *
 * A codec that throws keeps a run from going on, outside the sandbox where nothing of ours can help. So it gives such a
 * payload an encoding that no converter knows and that says what is wrong: whoever decodes it fails with those words,
 * in the sandbox, in an activity and in a client alike.
 *
 * @module
 */
import { cutText } from './json';

/** The encoding of an encrypted payload, as in Temporal's own samples. */
export const ENCRYPTED_ENCODING = 'binary/encrypted';

const MARK = '; unreadable here: ';

/**
 * @param what The encoding of the payload, or what an error says of it.
 * @param reason A clause about the payload: "it is encrypted with ...".
 */
export function unreadable(what: string, reason: string): string {
  return `${what}${MARK}${reason}`;
}

/** Why a payload cannot be decrypted, as our own codec says it. */
export const KEY_PROBLEMS = {
  unknown: (key: string) => `it is encrypted with the key ${shownKey(key)}, which is not known here`,
  misfit: (key: string) =>
    `it does not fit the key ${shownKey(key)}: its bytes were changed, or the key is another one here`,
} as const;

/** Whether a text is one of those, from its first letter to its last: then it holds nothing but the id of a key. */
export function isKeyProblem(text: string): boolean {
  return Object.values(KEY_PROBLEMS).some((problem) => {
    const [before = '', after = ''] = problem('*').split('*');
    const id = text.slice(before.length, text.length - after.length);
    return text.startsWith(before) && text.endsWith(after) && id.length <= SHOWN_CHARS + 1 && !id.includes('"');
  });
}

/** What an error shows of a key's id: anybody can send one. */
const SHOWN_CHARS = 40;

function shownKey(id: string): string {
  return `"${id.length > SHOWN_CHARS ? `${id.slice(0, SHOWN_CHARS)}…` : id}"`;
}

/** Why, from the message of an error of ours or of Temporal's converter. None: the error is another one. */
export function unreadableReason(message: string): string | undefined {
  const at = message.indexOf(MARK);
  if (at >= 0) return message.slice(at + MARK.length);
  return message.endsWith(`Unknown encoding: ${ENCRYPTED_ENCODING}`)
    ? 'it is encrypted, and there are no keys here'
    : undefined;
}

const READABLE = Symbol.for('countersign.readable');

/**
 * Mark an error as one whose words hold nothing of what a run was told or says: it stays readable where errors are
 * encrypted. By a symbol and not by its words, which anybody can write.
 */
export function readable<E extends Error>(error: E): E {
  return Object.defineProperty(error, READABLE, { value: true });
}

export function isReadable(error: unknown): boolean {
  return typeof error === 'object' && error !== null && READABLE in error;
}

/** What the guard puts in place of a payload that cannot be decoded. Harmless when forged: it is refused. */
export const UNDECODABLE = '__countersign_undecodable';

export function undecodableProblem(value: unknown): string | undefined {
  const why = undecodableReason(value);
  return why === undefined ? undefined : `it cannot be decoded (${cutText(why, 600)}); send JSON, encoding json/plain`;
}

/** What the guard says of it. A forged one can say anything. */
export function undecodableReason(value: unknown): string | undefined {
  if (typeof value !== 'object' || value === null || !(UNDECODABLE in value)) return undefined;
  const why: unknown = value[UNDECODABLE];
  return typeof why === 'string' ? why : 'why is not said';
}
