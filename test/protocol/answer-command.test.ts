import { execFileSync } from 'node:child_process';
import { describe, expect, test } from '@jest/globals';
import { answerCommands, answerLines, type PendingInput, type RunPlace } from '../../src/protocol';

const input: PendingInput = {
  inputId: '1.0.0',
  expectedType: 'HumanResponseEvent',
  expectedFields: [{ name: 'response', kind: 'string' }],
  requirements: {},
  isWaiting: true,
  agents: ['agent'],
  askedAt: '2026-01-01T00:00:00.000Z',
};

/** What a shell makes of the first line: the words after `temporal`. */
function words(place: Partial<RunPlace>, more: Partial<PendingInput> = {}): readonly string[] {
  const [line] = answerCommands({ workflowId: 'run-1', namespace: 'default', ...place }, { ...input, ...more });
  const print = `temporal() { printf '%s\\0' "$@"; }; ${line}`;
  return execFileSync('bash', ['-c', print], { encoding: 'utf8' }).split('\0').slice(0, -1);
}

describe('the command that answers', () => {
  test('names the run, the signal, the answer and its question', () => {
    expect(words({})).toEqual([
      'workflow',
      'signal',
      '--workflow-id',
      'run-1',
      '--name',
      'HumanResponseEvent',
      '--input',
      '{"response":"yes","inputId":"1.0.0"}',
    ]);
  });

  test.each(['127.0.0.1:7233', 'localhost:7233'])('leaves out the address %s, which is the CLI’s own', (address) => {
    expect(words({ address })).toEqual(words({}));
  });

  test('names another address and another namespace', () => {
    expect(words({ address: '10.0.0.1:7233', namespace: 'prod' }).join(' ')).toContain(
      '--address 10.0.0.1:7233 --namespace prod',
    );
  });

  test('is what it says in a shell, whatever the names hold, and has nothing that a terminal would obey', () => {
    const hostile = `it's "$(touch x)" \`touch x\` \\ ; \n \u001b[2J \u009b31m \u202e \u200b \u007f 漢 \u{e0041}`;
    const [, , , workflowId, , , , json = ''] = words({ workflowId: hostile }, { requirements: { who: hostile } });
    expect(workflowId).toBe(hostile);
    expect(JSON.parse(json)).toEqual({ response: 'yes', who: hostile, inputId: '1.0.0' });
    const place = { workflowId: hostile, namespace: hostile, address: hostile };
    for (const line of answerCommands(place, { ...input, requirements: { who: hostile } })) {
      expect(line).not.toMatch(/\p{Cc}|\p{Bidi_Control}|\p{Default_Ignorable_Code_Point}/u);
    }
  });

  test.each<[string, Partial<PendingInput>, readonly unknown[]]>([
    ['a text', {}, [{ response: 'yes' }, { response: 'no' }]],
    [
      'a boolean beside a number',
      {
        expectedFields: [
          { name: 'amount', kind: 'number' },
          { name: 'approved', kind: 'boolean' },
        ],
      },
      [
        { amount: 1, approved: true },
        { amount: 1, approved: false },
      ],
    ],
    ['a field that is required to be something', { requirements: { response: 'ok' } }, [{ response: 'ok' }]],
  ])('there is one for each choice of %s', (_what, more, answers) => {
    const lines = answerLines({ ...input, ...more }).map((line) => JSON.parse(line) as object);
    expect(lines).toEqual(answers.map((answer) => ({ ...(answer as object), inputId: '1.0.0' })));
  });
});
