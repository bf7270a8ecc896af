import { expect, test } from '@jest/globals';
import * as v from 'valibot';
import { z } from 'zod';
import { argumentsSchema } from '../../src/models';
import { defineTool } from '../../src/workflows';
import type { ToolParameters } from '../../src/agent';

const told = (parameters: ToolParameters): Record<string, unknown> =>
  argumentsSchema(defineTool({ name: 't', description: 'd', parameters, execute: () => 1 }));
const propertyOf = (schema: Record<string, unknown>, name: string): unknown =>
  (schema['properties'] as Record<string, unknown>)[name];

test.each<[string, ToolParameters]>([
  ['valibot', { size: v.tuple([v.number(), v.string()]) }],
  ['zod', z.object({ size: z.tuple([z.number(), z.string()]) })],
])('a tuple of %s is told as an array of its types, which every draft reads', (_library, parameters) => {
  expect(propertyOf(told(parameters), 'size')).toEqual({
    type: 'array',
    items: { anyOf: [{ type: 'number' }, { type: 'string' }] },
    minItems: 2,
    maxItems: 2,
  });
});

test('what only the schema can check is left out of what a model is told', () => {
  const schema = told({
    even: v.pipe(
      v.number(),
      v.check((n) => n % 2 === 0),
    ),
    name: v.pipe(v.string(), v.trim(), v.minLength(2)),
    count: v.pipe(v.string(), v.transform(Number)),
  });
  expect(schema['properties']).toEqual({
    even: { type: 'number' },
    name: { type: 'string', minLength: 2 },
    count: { type: 'string' },
  });
});

test('a type that JSON does not have is refused, and why is said once', () => {
  expect(() => told({ when: v.date() })).toThrow(
    /^The parameters of tool "t" cannot be told to a model: The "date" schema cannot be converted to JSON Schema\. Use types that JSON has/,
  );
});

test.each<[string, unknown, RegExp]>([
  [
    'a JSON Schema',
    { type: 'object', properties: { q: { type: 'string' } } },
    /are a JSON Schema.*wrap yours as a Standard Schema/,
  ],
  ['fields of zod', { q: z.string() }, /have a field "q" of zod: make the whole object with that library/],
  ['what is no schema', { q: 'string' }, /have a field "q" that is no schema/],
])('%s in place of a schema is an error that says what to give', (_what, parameters, message) => {
  expect(() => told(parameters as ToolParameters)).toThrow(message);
});
