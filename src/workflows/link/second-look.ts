/**
 * Second look: a condition that is met when all that is due has been done.
 *
 * The SDK looks at conditions between the parts of a workflow task, before the code that they set off has
 * run. One that begins then and is not met at once is looked at again only after that code.
 *
 * @module
 */

/** Hand it to `condition`. */
export function secondLook(): () => boolean {
  let looks = 0;
  return () => {
    looks += 1;
    return looks > 1;
  };
}
