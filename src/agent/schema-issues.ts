/**
 * Schema issues: why a value does not fit a schema, as text.
 *
 * @module
 */
import type { StandardSchemaV1 } from '@standard-schema/spec';
import { cutText, LIMITS } from '../protocol';

/** At most three of them. */
export function issuesText(issues: readonly StandardSchemaV1.Issue[]): string {
  return issues.slice(0, 3).map(issueText).join('; ') || 'its schema refuses them';
}

/**
 * Why a value does not fit a schema, checked synchronously in the workflow. An asynchronous schema, or one that needs
 * more than the sandbox has, finds nothing here. Never throws.
 */
export function schemaIssuesNow(schema: StandardSchemaV1, value: unknown): string | undefined {
  try {
    const result = schema['~standard'].validate(value);
    if (!('then' in result)) return result.issues === undefined ? undefined : issuesText(result.issues);
    result.then(undefined, () => undefined);
  } catch {
    // Checked only on the worker.
  }
  return undefined;
}

const checking = new WeakMap<object, boolean>();

/**
 * Whether a schema only checks, so that its output fits it again. Only valibot's can be inspected; others count as
 * changing the value.
 */
export function onlyChecks(schema: StandardSchemaV1): boolean {
  if (schema['~standard'].vendor !== 'valibot') return false;
  const known = checking.get(schema) ?? !transforms(schema, new Set());
  checking.set(schema, known);
  return known;
}

/** A `lazy` schema, made anew each time, counts as transforming. */
function transforms(part: unknown, seen: Set<object>): boolean {
  if (typeof part !== 'object' || part === null || seen.has(part)) return false;
  seen.add(part);
  const { kind, type } = part as { readonly kind?: unknown; readonly type?: unknown };
  if (kind === 'transformation' || type === 'lazy') return true;
  return Object.entries(part).some(([name, field]) => name !== '~standard' && transforms(field, seen));
}

function issueText({ path, message }: StandardSchemaV1.Issue): string {
  const where = path?.map((part) => String(typeof part === 'object' ? part.key : part)).join('.') ?? '';
  const said = where === '' || message.includes(`"${where}"`) ? message : `"${where}": ${message}`;
  return cutText(said, LIMITS.schemaIssueBytes); // It quotes what was sent.
}
