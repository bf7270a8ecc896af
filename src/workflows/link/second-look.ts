/**
 * Second look: a condition that holds only once all pending code has run.
 *
 * The SDK checks conditions between the jobs of an activation, before the code that they resumed. A condition that
 * begins then and does not hold is checked again only after that code.
 *
 * @module
 */

/** Pass the result to `condition`. */
export function secondLook(): () => boolean {
  let looks = 0;
  return () => {
    looks += 1;
    return looks > 1;
  };
}
