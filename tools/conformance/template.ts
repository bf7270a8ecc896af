/**
 * Template: JSON in which `${args.x}` and `${r.response}` stand for values.
 *
 * A string is filled in as text: a string as it is, any other JSON as JSON text. A name that stands for nothing is
 * left as it is, so that it can be seen.
 *
 * @module
 */
import type { Fields, Json } from './scenario';

const PLACE = /\$\{(\w+)\.([^{}]+)\}/g;

export function fill(template: Json, values: Readonly<Record<string, Fields>>): Json {
  if (typeof template === 'string') {
    return template.replace(PLACE, (place, name: string, path: string) => asText(find(values[name], path)) ?? place);
  }
  if (Array.isArray(template)) return template.map((item: Json) => fill(item, values));
  if (typeof template === 'object' && template !== null) return fillFields(template as Fields, values);
  return template;
}

export function fillFields(template: Fields, values: Readonly<Record<string, Fields>>): Fields {
  return Object.fromEntries(Object.entries(template).map(([name, value]) => [name, fill(value ?? null, values)]));
}

/** Whether a value is what the template gives for some values of the names in it. */
export function couldBe(template: Json | undefined, value: Json | undefined): boolean {
  if (typeof template === 'string' && typeof value === 'string') {
    const parts = template.split(/\$\{\w+\.[^{}]+\}/).map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
    return new RegExp(`^${parts.join('[\\s\\S]*')}$`).test(value);
  }
  if (typeof template !== 'object' || template === null || typeof value !== 'object' || value === null) {
    return template === value;
  }
  const [wanted, found] = [template as Fields, value as Fields];
  const names = new Set([...Object.keys(wanted), ...Object.keys(found)]);
  return [...names].every((name) => couldBe(wanted[name], found[name]));
}

function find(value: Json | undefined, path: string): Json | undefined {
  let found = value;
  for (const name of path.split('.')) {
    if (typeof found !== 'object' || found === null || !Object.hasOwn(found, name)) return undefined;
    found = (found as Fields)[name];
  }
  return found;
}

function asText(value: Json | undefined): string | undefined {
  return typeof value === 'string' ? value : JSON.stringify(value);
}
