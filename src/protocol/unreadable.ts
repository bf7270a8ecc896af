/**
 * Unreadable: how a payload that nobody here can decode says why.
 *
 * A codec that throws keeps a run from going on, outside the sandbox where nothing of ours can help. So it gives such a
 * payload an encoding that no converter knows and that says what is wrong: whoever decodes it fails with those words,
 * in the sandbox, in an activity and in a client alike.
 *
 * @module
 */

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

/** Why, from the message of an error of ours or of Temporal's converter. None: the error is another one. */
export function unreadableReason(message: string): string | undefined {
  const at = message.indexOf(MARK);
  if (at >= 0) return message.slice(at + MARK.length);
  return message.endsWith(`Unknown encoding: ${ENCRYPTED_ENCODING}`)
    ? 'it is encrypted, and there are no keys here'
    : undefined;
}
