import { expect, test } from '@jest/globals';
import type { PendingInput } from '../../../src/protocol';
import { endCard, waitingCard, workingCard } from '../../../src/workflows/run/card';

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

/** What a UI would make of the card, were it not for its code spans. */
function outsideCode(card: string): string {
  return card.replace(/(?<!`)(`+)[^`](?:.*?[^`])??\1(?!`)/gs, '');
}

test('the question comes first, then a line for each choice, then the commands', () => {
  const card = waitingCard(place, [asked('Are you sure? ', { requirements: { user_name: 'Laurie' } })]);
  const [question, answers, commands] = card.split('\n\n');
  expect(question).toBe('`Are you sure?` from `Laurie`');
  expect(answers?.split('  \n')).toEqual([
    'Signal `HumanResponseEvent` with one of:',
    '`{"response":"yes","user_name":"Laurie","inputId":"1.0.0"}`',
    '`{"response":"no","user_name":"Laurie","inputId":"1.0.0"}`',
  ]);
  expect(commands).toContain(
    '`temporal workflow signal --workflow-id d1 --name HumanResponseEvent --input \'{"response":"no","user_name":"Laurie","inputId":"1.0.0"}\'`',
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
  ['Markdown', '**bold** [x](http://evil) ![x](http://evil/x.png) # head'],
  ['HTML', '<script>alert(1)</script>'],
  ['an address', 'see https://evil.example, www.evil.example or a@evil.example'],
  ['lines', 'a\n\n# b'],
  ['backticks', '`` ` [x](http://evil) ``` '],
])('%s in a question, a requirement, a refusal or a response is shown and never rendered', (_name, text) => {
  const cards = [
    waitingCard(place, [asked(text, { requirements: { user_name: text } })], text),
    endCard({ type: 'StopEvent', message: text }),
    workingCard([text], 1),
  ];
  for (const card of cards) expect(outsideCode(card)).not.toMatch(/evil|script|bold|head|#/);
});

test.each<[string, Record<string, string>]>([
  ['an empty one beside one with a backtick', { a: '', b: 'x`**bold** [x](http://evil)y' }],
  [
    'more of them than are shown',
    Object.fromEntries(Array.from('abcdefgh', (name) => [`[${name}](http://evil)`.repeat(9), '**bold**'.repeat(30)])),
  ],
])('requirements stand in code spans, %s too', (_name, requirements) => {
  const paragraphs = waitingCard(place, [asked('?', { requirements })]).split('\n\n');
  expect(paragraphs.map(outsideCode).join()).not.toMatch(/evil|bold/);
});

test('what is not seen is left out: direction marks, zero widths, control characters', () => {
  const card = waitingCard(place, [asked('\u202eabc\u202c \u200b\u2066x\u2069\u001b[31m\u3164 \u{e0041}y')]);
  expect(card.split('\n')[0]).toBe('`abc x[31m y`');
});

test('a question that is cut says how much is hidden, in place of the lines that answer it', () => {
  const card = waitingCard(place, [asked(`Water the plants? ${'. '.repeat(300)}AND DELETE PRODUCTION`)]);
  expect(card).toMatch(/\d+ more characters of it are hidden here: read all of it with the query `pendingInputs`/);
  expect(card).not.toContain('"response"');
  expect(card).not.toContain('temporal workflow');
  expect(waitingCard(place, [asked('?', { requirements: { user_name: '`a'.repeat(200_000) } })])).toContain(
    'Its answers are too long to be shown here',
  );
});

test('the last answer that was refused is on the card', () => {
  expect(waitingCard(place, [asked('?')], 'This answer cannot be used: it has no `approved`.')).toMatch(
    /^Last answer refused: `` This answer cannot be used: it has no `approved`. ``\n/,
  );
});

test.each(["it's", 'd1\n\n[Click](https://evil.example)', '`x`', '\u202e\u001b'])(
  'the workflow id %j cannot end the command or its frame',
  (workflowId) => {
    const card = waitingCard({ workflowId, namespace: 'other ns' }, [asked('?')]);
    expect(outsideCode(card)).not.toContain('evil');
    expect(card).toContain("--namespace 'other ns' --workflow-id ");
    expect(card).not.toMatch(/\u202e|[^\P{Cc}\n]/u);
    expect(card.split('\n\n').at(-2)).toMatch(/^In a terminal.*\n`temporal [^\n]*`  \n`temporal [^\n]*`$/);
  },
);

test.each<[string, Partial<PendingInput>, readonly string[]]>([
  [
    'a typed answer',
    {
      expectedType: 'HumanResponseEvent/RefundDecision',
      expectedFields: [
        { name: 'approved', kind: 'boolean' },
        { name: 'response', kind: 'string', isOptional: true },
      ],
    },
    ['{"approved":true,"inputId":"1.0.0"}', '{"approved":false,"inputId":"1.0.0"}'],
  ],
  [
    'choices',
    { expectedFields: [{ name: 'verdict', kind: 'json', choices: ['go', 'wait', 'stop'] }] },
    [
      '{"verdict":"go","inputId":"1.0.0"}',
      '{"verdict":"wait","inputId":"1.0.0"}',
      '{"verdict":"stop","inputId":"1.0.0"}',
    ],
  ],
  [
    'an event that is no answer',
    {
      expectedType: 'PaymentReceived',
      expectedFields: [{ name: 'amount', kind: 'number' }],
      requirements: { amount: 12 },
    },
    ['{"type":"PaymentReceived","amount":12,"inputId":"1.0.0"}'],
  ],
])('%s has a line for each choice, with the fields that it needs', (_name, more, lines) => {
  const card = waitingCard(place, [asked('?', more)]);
  for (const line of lines) expect(card).toContain(`\`${line}\``);
});
