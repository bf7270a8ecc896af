import { describe, expect, test } from '@jest/globals';
import { isMalformedCall, toModelError } from '../../src/models/classify';
import { thrownProblem } from '../../src/models/provider-error';

const codeOf = (status: number | undefined, body: unknown, headers: Record<string, string> = {}): string => {
  const error = Object.assign(new Error('400 status code (no body)'), { status, headers: new Headers(headers) });
  return toModelError(thrownProblem(error, JSON.stringify(body)), '"m" at host').code;
};

test.each([
  [424, { error: 'Request failed during generation: CUDA out of memory', error_type: 'generation' }],
  [499, { error: { code: 499, message: 'The operation was cancelled.', status: 'CANCELLED' } }],
])('a generation that failed with %i may succeed when it is asked for again', (status, body) => {
  expect(codeOf(status, body)).toBe('MODEL_UNAVAILABLE');
});

describe('the provider’s words are in the message, whatever the shape of the body', () => {
  test.each<[string, unknown]>([
    ['OpenAI', { error: { message: 'THE WORDS', type: 'invalid_request_error', code: null } }],
    ['Mistral', { object: 'error', message: 'THE WORDS', type: 'invalid_function_call', code: '3280' }],
    ['Gemini', [{ error: { code: 400, message: 'THE WORDS', status: 'INVALID_ARGUMENT' } }]],
    ['FastAPI', { detail: 'THE WORDS' }],
    ['FastAPI, of a field', { detail: [{ loc: ['body', 'tools'], msg: 'THE WORDS', type: 'value_error' }] }],
    ['Databricks', { error_code: 'BAD_REQUEST', message: 'THE WORDS' }],
    ['Ollama', { error: 'THE WORDS' }],
    ['Anthropic', { type: 'error', error: { type: 'invalid_request_error', message: 'THE WORDS' } }],
    [
      'OpenRouter',
      { error: { code: 400, message: 'Provider returned error', metadata: { raw: '{"x":"THE WORDS"}' } } },
    ],
    ['Bedrock', { __type: 'ValidationException', message: 'THE WORDS' }],
    ['OAuth', { error: 'invalid_request', error_description: 'THE WORDS' }],
    ['an unknown one', { oops: ['THE WORDS'] }],
    ['a text', 'THE WORDS'],
  ])('%s', (_name, body) => {
    const error = Object.assign(new Error('400 status code (no body)'), { status: 400 });
    expect(toModelError(thrownProblem(error, JSON.stringify(body)), '"m" at host')).toMatchObject({
      code: 'MODEL_REJECTED',
      message: expect.stringMatching(/"m" at host: 400.*THE WORDS/),
    });
  });

  test('of a web page its text', () => {
    const page = '<html><style>p{}</style><h1>Sign in</h1></html>';
    const error = Object.assign(new Error('x'), { status: 404 });
    expect(toModelError(thrownProblem(error, page), 'm').message).toMatch(/\(m: 404 Sign in\)/);
  });

  test('without a body, what the client says', () => {
    expect(
      toModelError(thrownProblem(Object.assign(new Error('400 status code (no body)'), { status: 400 }), ''), 'm')
        .message,
    ).toMatch(/\(m: 400 status code \(no body\)\)/);
  });
});

describe('a conversation that is too long is told from other refusals', () => {
  test.each<[string, number, unknown]>([
    ['OpenAI', 400, { error: { message: 'too many', code: 'context_length_exceeded' } }],
    [
      'llama.cpp',
      400,
      { error: { message: 'request (33056 tokens) exceeds the available context size (32768 tokens)' } },
    ],
    ['llama.cpp, older', 500, { error: { message: 'the request exceeds the available context size' } }],
    ['Anthropic', 400, { error: { message: 'prompt is too long: 210000 tokens > 200000 maximum' } }],
    [
      'Gemini',
      400,
      [
        {
          error: { message: 'The input token count (1200000) exceeds the maximum number of tokens allowed (1048576).' },
        },
      ],
    ],
    [
      'vLLM',
      400,
      {
        object: 'error',
        message: "This model's maximum context length is 8192 tokens. However, you requested 9000 tokens.",
      },
    ],
    [
      'Mistral',
      400,
      { message: 'Prompt contains 40000 tokens, too large for model with 32768 maximum context length' },
    ],
    ['Bedrock', 400, { message: 'Input is too long for requested model.' }],
    ['Cohere', 400, { message: 'too many tokens: total number of tokens in the prompt cannot exceed 4081' }],
    ['xAI', 400, { error: "This model's maximum prompt length is 131072 but the request contains 537812 tokens." }],
    ['TGI', 422, { error: '`inputs` tokens + `max_new_tokens` must be <= 4096. Given: 5000 `inputs` tokens' }],
    [
      'Groq',
      413,
      { error: { message: 'Request too large for model `x` in organization `y` on tokens per minute (TPM)' } },
    ],
    ['Groq, of messages', 400, { error: { message: 'Please reduce the length of the messages or completion.' } }],
    ['Moonshot', 400, { error: { message: 'Invalid request: Your request exceeded model token limit: 8192' } }],
    [
      'LM Studio',
      400,
      {
        error:
          'Trying to keep the first 5000 tokens when context the overflows. However, the model is loaded with context length of only 4096 tokens',
      },
    ],
    ['Zhipu', 400, { error: { code: '1261', message: 'Prompt exceeds max length' } }],
    ['DashScope', 400, { error: { message: 'Range of input length should be [1, 30720]' } }],
    ['a proxy', 413, 'Payload Too Large'],
  ])('%s', (_name, status, body) => {
    expect(codeOf(status, body)).toBe('MODEL_CONTEXT_TOO_LONG');
  });

  test.each<[string, number, unknown]>([
    [
      'a description',
      400,
      {
        error: {
          message:
            "Invalid 'tools[0].function.description': string too long. Expected a string with maximum length 1024, but got a string with length 1508 instead.",
        },
      },
    ],
    [
      'an output limit',
      400,
      { error: { message: 'max_tokens is too large: 32000. This model supports at most 16384 completion tokens.' } },
    ],
    ['a missing model', 404, { error: { message: 'The model `gpt-9` does not exist' } }],
  ])('but not %s', (_name, status, body) => {
    expect(codeOf(status, body)).toBe('MODEL_REJECTED');
  });

  test('and a rate of tokens is no length', () => {
    const words = 'This request would exceed your rate limit of 40,000 input tokens per minute';
    expect(codeOf(429, { error: { message: words } })).toBe('MODEL_UNAVAILABLE');
  });
});

describe('what passes and what does not is said by status, code and headers together', () => {
  test.each<[string, number, unknown, string, Record<string, string>]>([
    ['Groq without capacity', 498, { error: { message: 'Flex tier capacity exceeded' } }, 'MODEL_UNAVAILABLE', {}],
    ['a gateway', 502, 'Bad Gateway', 'MODEL_UNAVAILABLE', {}],
    ['an overloaded one', 529, { error: { type: 'overloaded_error', message: 'Overloaded' } }, 'MODEL_UNAVAILABLE', {}],
    ['too early', 425, {}, 'MODEL_UNAVAILABLE', {}],
    ['what is not implemented', 501, {}, 'MODEL_REJECTED', {}],
    ['no balance', 402, { error: { message: 'Insufficient Balance' } }, 'MODEL_QUOTA_EXHAUSTED', {}],
    [
      'a budget of LiteLLM',
      422,
      { error: { message: 'Budget has been exceeded! Current cost: 2, Max budget: 1', type: 'budget_exceeded' } },
      'MODEL_QUOTA_EXHAUSTED',
      {},
    ],
    [
      'no credit',
      400,
      { error: { message: 'Your credit balance is too low to access the Anthropic API.' } },
      'MODEL_QUOTA_EXHAUSTED',
      {},
    ],
    [
      'no quota',
      429,
      { error: { code: 'insufficient_quota', message: 'You exceeded your current quota' } },
      'MODEL_QUOTA_EXHAUSTED',
      {},
    ],
    [
      'Gemini’s limit for a minute',
      429,
      [
        {
          error: {
            message: 'You exceeded your current quota, please check your plan and billing details',
            status: 'RESOURCE_EXHAUSTED',
          },
        },
      ],
      'MODEL_UNAVAILABLE',
      {},
    ],
    ['a wrong key', 401, { error: { message: 'bad key' } }, 'MODEL_UNAUTHORIZED', {}],
    [
      'a 400 that may be tried again',
      400,
      { error: { message: 'odd' } },
      'MODEL_UNAVAILABLE',
      { 'x-should-retry': 'true' },
    ],
    ['a 500 that may not', 500, { error: { message: 'odd' } }, 'MODEL_REJECTED', { 'x-should-retry': 'false' }],
  ])('%s', (_name, status, body, code, headers) => {
    expect(codeOf(status, body, headers)).toBe(code);
  });

  test('a connection that breaks passes, and every cause is told', () => {
    const error = new Error('Connection error.', {
      cause: new Error('fetch failed', { cause: new Error('ECONNRESET') }),
    });
    expect(toModelError(thrownProblem(error), 'm')).toMatchObject({
      code: 'MODEL_UNAVAILABLE',
      message: expect.stringContaining('Connection error.: fetch failed: ECONNRESET'),
    });
  });
});

test('a wait that no date can hold is told as a year', () => {
  const headers = new Headers({ 'retry-after': '99999999999999' });
  const error = toModelError(thrownProblem(Object.assign(new Error('Later.'), { status: 429, headers })), 'm');
  expect(error.details).toEqual({ status: 429, retryAfterMs: 365 * 86_400_000 });
});

test('a call that the model failed to write is told from a bad request', () => {
  const words = 'Failed to call a function. Please adjust your prompt.';
  expect(isMalformedCall({ status: 400, words, kinds: ['tool_use_failed'] })).toBe(true);
  expect(isMalformedCall({ status: 400, words: 'bad tool' })).toBe(false);
});
