import { expect, test } from '@jest/globals';
import type { PendingInput } from '../../src/protocol';
import { waitingCard } from '../../src/workflows/card';

const place = { workflowId: 'd1', namespace: 'default' };

function asked(prefix: string, more: Partial<PendingInput> = {}): PendingInput {
  return {
    inputId: '1.0.0',
    event: { type: 'InputRequiredEvent', prefix },
    expectedType: 'HumanResponseEvent',
    expectedFields: [{ name: 'response', kind: 'string' }],
    requirements: {},
    isWaiting: true,
    agents: ['a'],
    askedAt: '2026-01-01T00:00:00.000Z',
    ...more,
  };
}

test('the question comes first, then the command that answers it', () => {
  expect(waitingCard(place, [asked('Are you sure? ', { requirements: { user_name: 'Laurie' } })])).toBe(
    '**Are you sure?** (from Laurie)\n\n' +
      '`temporal workflow signal --workflow-id d1 --name HumanResponseEvent --input \'{"response":"yes","user_name":"Laurie"}\'`',
  );
});

test('of several questions each is answered by its inputId, and those beyond five are counted', () => {
  const card = waitingCard(
    place,
    Array.from({ length: 8 }, (_item, nth) => asked(`q${nth}`, { inputId: `1.${nth}.0` })),
  );
  expect(card).toContain('"inputId":"1.4.0"');
  expect(card).not.toContain('"inputId":"1.5.0"');
  expect(card).toContain('and 3 more');
});

test.each([
  ['Markdown', '**bold** [x](http://evil) # head', '\\*\\*bold\\*\\* \\[x\\](http://evil) \\# head'],
  ['HTML', '<script>alert(1)</script>', '\\<script\\>alert(1)\\</script\\>'],
  ['lines', 'a\n\n# b', 'a \\# b'],
])('%s in a question is shown and never rendered', (_name, prefix, shown) => {
  expect(waitingCard(place, [asked(prefix)])).toContain(`**${shown}**`);
});

test('quotes and backticks in a requirement cannot end the command or its frame', () => {
  const card = waitingCard({ workflowId: "it's", namespace: 'other ns' }, [
    asked('?', { requirements: { user_name: "O'Hara `x`" } }),
  ]);
  expect(card).toContain("--namespace 'other ns' --workflow-id 'it'\\''s'");
  expect(card).toContain("O'\\''Hara `x`");
  expect(card).toMatch(/\n`` temporal .* ``$/);
});

test('a requirement with any number of backticks has a card', () => {
  const card = waitingCard(place, [asked('?', { requirements: { user_name: '`a'.repeat(200_000) } })]);
  expect(card).toMatch(/^\*\*\?\*\* \(from \\`a/);
});

test('a very long question leaves room for the command', () => {
  const card = waitingCard(place, [asked('x'.repeat(100_000))]);
  expect(card.length).toBeLessThan(1000);
  expect(card).toContain('temporal workflow signal');
});

test.each<[string, Partial<PendingInput>, string]>([
  [
    'a typed answer',
    {
      expectedType: 'HumanResponseEvent/RefundDecision',
      expectedFields: [
        { name: 'approved', kind: 'boolean' },
        { name: 'response', kind: 'string', isOptional: true },
      ],
    },
    '--name HumanResponseEvent --input \'{"approved":true}\'',
  ],
  [
    'an event that is no answer',
    {
      expectedType: 'PaymentReceived',
      expectedFields: [{ name: 'amount', kind: 'number' }],
      requirements: { amount: 12 },
    },
    '--name sendEvent --input \'{"type":"PaymentReceived","amount":12}\'',
  ],
])('the command for %s has the fields that it needs', (_name, more, command) => {
  expect(waitingCard(place, [asked('?', more)])).toContain(command);
});
