import { execFileSync } from 'node:child_process';
import { describe, expect, test } from '@jest/globals';
import { answerCommand, type PendingInput, type RunPlace } from '../../src/protocol';

const input: PendingInput = {
  inputId: '1.0.0',
  expectedType: 'HumanResponseEvent',
  expectedFields: [{ name: 'response', kind: 'string' }],
  requirements: {},
  isWaiting: true,
  agents: ['agent'],
  askedAt: '2026-01-01T00:00:00.000Z',
};

/** What a shell makes of the line: the words after `temporal`. */
function words(place: Partial<RunPlace>, more: Partial<PendingInput> = {}, nameIt = false): readonly string[] {
  const line = answerCommand({ workflowId: 'run-1', namespace: 'default', ...place }, { ...input, ...more }, nameIt);
  const print = `temporal() { printf '%s\\0' "$@"; }; ${line}`;
  return execFileSync('sh', ['-c', print], { encoding: 'utf8' }).split('\0').slice(0, -1);
}

describe('the command that answers', () => {
  test('names the run, the signal and the answer, and no more than it must', () => {
    expect(words({})).toEqual([
      'workflow',
      'signal',
      '--workflow-id',
      'run-1',
      '--name',
      'HumanResponseEvent',
      '--input',
      '{"response":"yes"}',
    ]);
  });

  test.each(['127.0.0.1:7233', 'localhost:7233'])('leaves out the address %s, which is the CLI’s own', (address) => {
    expect(words({ address })).toEqual(words({}));
  });

  test('names another address, another namespace, and the question where several are open', () => {
    const command = words({ address: '10.0.0.1:7233', namespace: 'prod' }, {}, true).join(' ');
    expect(command).toContain('--address 10.0.0.1:7233 --namespace prod');
    expect(command).toContain('{"response":"yes","inputId":"1.0.0"}');
  });

  test('is what it says in a shell, whatever the names hold', () => {
    const hostile = `it's "$(touch x)" \`touch x\` \\ ; \u001b[2J \u009b31m \u202e \u007f 漢`;
    const [, , , workflowId, , , , json = ''] = words(
      { workflowId: hostile.replace('\u001b', '') },
      { requirements: { who: hostile } },
    );
    expect(workflowId).toBe(hostile.replace('\u001b', ''));
    expect(JSON.parse(json)).toEqual({ response: 'yes', who: hostile });
  });

  test('has no character in its answer that a terminal would obey', () => {
    const line = answerCommand(
      { workflowId: 'run-1', namespace: 'default' },
      { ...input, requirements: { who: '\u001b\u009b\u007f\u202e' } },
      false,
    );
    expect(line).toContain('"who":"\\u001b\\u009b\\u007f\\u202e"');
  });
});
