/**
 * Pending code: a condition that holds once all code that is ready to run has run.
 *
 * The SDK checks conditions between the jobs of an activation, before the code that those resumed. One that does not
 * hold at first is checked again after that code.
 *
 * @module
 */

/** Pass the result to `condition`. */
export function pendingCodeHasRun(): () => boolean {
  let looks = 0;
  return () => {
    looks += 1;
    return looks > 1;
  };
}
