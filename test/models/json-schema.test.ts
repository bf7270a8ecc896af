import { describe, expect, test } from '@jest/globals';
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

const add = v.strictObject({ kind: v.literal('add'), text: v.string() });
const remove = v.strictObject({ kind: v.literal('remove'), id: v.number(), why: v.optional(v.string()) });
interface Tree {
  readonly name: string;
  readonly below?: Tree[] | undefined;
}
const tree: v.GenericSchema<Tree> = v.object({ name: v.string(), below: v.optional(v.array(v.lazy(() => tree))) });

describe('a model is told one object, since providers refuse another root', () => {
  test.each<[string, ToolParameters]>([
    ['a variant', v.variant('kind', [add, remove])],
    ['a union', v.union([add, remove])],
    [
      'a union of zod',
      z.discriminatedUnion('kind', [
        z.strictObject({ kind: z.literal('add'), text: z.string() }),
        z.strictObject({ kind: z.literal('remove'), id: z.number(), why: z.string().optional() }),
      ]),
    ],
  ])('%s has the fields of all, and requires what each does', (_what, parameters) => {
    const schema = told(parameters);
    expect(Object.keys(schema).toSorted()).toEqual([
      'additionalProperties',
      'description',
      'properties',
      'required',
      'type',
    ]);
    expect(schema).toMatchObject({
      type: 'object',
      properties: { kind: { type: 'string', enum: ['add', 'remove'] }, text: {}, id: {}, why: {} },
      required: ['kind'],
      additionalProperties: false,
      description: 'Give the fields of one of these: kind "add", text; kind "remove", id, why (optional).',
    });
  });

  test('an intersection requires what any does', () => {
    const schema = told(
      v.intersect([
        v.object({ a: v.string() }),
        v.union([v.object({ b: v.number() }), v.object({ b: v.string(), c: v.string() })]),
      ]),
    );
    expect(schema).toMatchObject({
      type: 'object',
      properties: { a: { type: 'string' }, b: { anyOf: [{ type: 'number' }, { type: 'string' }] }, c: {} },
      required: ['a', 'b'],
    });
    expect(schema).not.toHaveProperty('allOf');
  });

  test('one that contains itself is told with its definitions', () => {
    const schema = told(v.lazy(() => tree));
    expect(schema).toMatchObject({ type: 'object', properties: { name: {}, below: {} }, required: ['name'] });
    expect(JSON.stringify(schema)).toContain('"$defs"');
    expect(schema).not.toHaveProperty('$ref');
  });

  test('of many kinds in one another, none is lost', () => {
    const kinds = Array.from({ length: 12 }, (_none, nth) =>
      z.strictObject({ op: z.literal(`op${nth}`), [`f${nth}`]: z.string() }),
    );
    const [first, ...others] = kinds as unknown as [z.ZodType, ...z.ZodType[]];
    const nested = others.reduce<z.ZodType>((all, one) => all.or(one), first);
    const schema = told(nested);
    expect(propertyOf(schema, 'op')).toEqual({ type: 'string', enum: kinds.map((_kind, nth) => `op${nth}`) });
    expect(schema).toMatchObject({ required: ['op'], additionalProperties: false });
    expect(Object.keys(schema['properties'] as object)).toHaveLength(13);
  });

  test('a field of two objects has the fields of both, and of a list and any text only the list', () => {
    const schema = told(
      v.intersect([
        v.object({ opts: v.object({ a: v.string() }), size: v.picklist(['S', 'L']) }),
        v.object({ opts: v.object({ b: v.string() }), size: v.string() }),
      ]),
    );
    expect(propertyOf(schema, 'opts')).toMatchObject({ properties: { a: {}, b: {} }, required: ['a', 'b'] });
    expect(propertyOf(schema, 'size')).toMatchObject({ enum: ['S', 'L'] });
  });

  test('a field may be called as every object has one', () => {
    const schema = told(v.union([v.object({ constructor: v.string() }), v.object({ a: v.string() })]));
    expect(propertyOf(schema, 'constructor')).toEqual({ type: 'string' });
  });

  test('a value that is described twice is told once, and each required field is told', () => {
    const of = (said: string) => v.object({ kind: v.pipe(v.literal('x'), v.description(said)) });
    expect(propertyOf(told(v.union([of('One.'), of('Two.')])), 'kind')).toEqual({ type: 'string', enum: ['x'] });
    const record = told(z.record(z.enum(['a', 'b']), z.number()) as never);
    expect(Object.keys(record['properties'] as object)).toEqual(expect.arrayContaining(record['required'] as string[]));
  });

  test('unions of unions take no time', () => {
    const two = (nth: number) =>
      v.union([v.object({ [`a${nth}`]: v.string() }), v.object({ [`b${nth}`]: v.string() })]);
    const from = performance.now();
    const schema = told(v.intersect(Array.from({ length: 20 }, (_none, nth) => two(nth)) as never) as never);
    expect(performance.now() - from).toBeLessThan(500);
    expect(Object.keys(schema['properties'] as object)).toHaveLength(40);
  });

  test('anything at all is an object of anything', () => {
    expect(told(v.any())).toEqual({ type: 'object', properties: {} });
    expect(told(v.record(v.string(), v.number()))).toMatchObject({ type: 'object' });
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
