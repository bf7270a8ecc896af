import { request as httpRequest } from 'node:http';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { type CodecServer, encryptedDataConverter, encryptionCodec, startCodecServer } from '../../src/encryption';
import { bundle, keys, storedHistory } from '../setup/encryption';
import { calls, eventOfType, says, TestTemporal } from '../setup/temporal';
import { temporalCli } from '../setup/temporal-cli';

const codec = encryptionCodec(keys('k1'));
const temporal = new TestTemporal();
let server: CodecServer;
let guarded: CodecServer;

beforeAll(async () => {
  server = await startCodecServer({ codec, port: 0, origins: ['https://temporal.example.com/'] });
  guarded = await startCodecServer({ codec, port: 0, token: 'the-token' });
  await temporal.start({ workflowBundle: await bundle(), dataConverter: encryptedDataConverter(keys('k1')) });
});
afterAll(async () => {
  await temporal.stop();
  await server?.close();
  await guarded?.close();
});

const base64 = (text: string): string => Buffer.from(text).toString('base64');
const PLAIN = { payloads: [{ metadata: { encoding: base64('json/plain') }, data: base64('"hello"') }] };

async function post(path: string, body: unknown, headers: Record<string, string> = {}): Promise<Response> {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  return await fetch(`${server.url}${path}`, { method: 'POST', body: text, headers });
}

test('what it encodes it decodes, in the JSON of Temporal’s remote codec, under any path', async () => {
  const encoded = (await (await post('/encode', PLAIN)).json()) as typeof PLAIN;
  expect(encoded.payloads[0]?.metadata).toEqual({
    encoding: base64('binary/encrypted'),
    'encryption-key-id': base64('k1'),
  });
  expect(await (await post('/ns/default/decode?x=1', encoded)).json()).toEqual(PLAIN);
  expect(await (await post('/decode', { payloads: [] })).json()).toEqual({ payloads: [] });
  expect(await (await post('/decode', {})).json()).toEqual({ payloads: [] });
  expect(await (await post('/decode', { payloads: [{}] })).json()).toEqual({ payloads: [{ metadata: {}, data: '' }] });
});

test('a payload of an unknown key comes back, and says so', async () => {
  const [foreign] = await encryptionCodec(keys('k3')).encode([{ metadata: {}, data: Buffer.from('x') }]);
  const payload = {
    metadata: Object.fromEntries(
      Object.entries(foreign?.metadata ?? {}).map(([name, bytes]) => [name, Buffer.from(bytes).toString('base64')]),
    ),
    data: Buffer.from(foreign?.data ?? []).toString('base64'),
  };
  const decoded = (await (await post('/decode', { payloads: [payload] })).json()) as { payloads: [typeof payload] };
  expect(decoded.payloads[0].data).toBe(payload.data);
  expect(Buffer.from(decoded.payloads[0].metadata['encoding'] ?? '', 'base64').toString()).toContain('the key "k3"');
});

test.each<[string, string, string, unknown, number]>([
  ['another path', 'POST', '/', PLAIN, 404],
  ['a path that is no URL', 'POST', '//', PLAIN, 404],
  ['a GET', 'GET', '/decode', undefined, 405],
  ['what is no JSON', 'POST', '/decode', '{', 400],
  ['a list', 'POST', '/decode', [], 400],
  ['payloads that are a number', 'POST', '/decode', { payloads: 7 }, 400],
  ['a payload that is a text', 'POST', '/decode', { payloads: ['x'] }, 400],
  ['data that is a number', 'POST', '/decode', { payloads: [{ data: 7 }] }, 400],
  ['metadata that is a list', 'POST', '/encode', { payloads: [{ metadata: [7] }] }, 400],
  ['more than 32 MiB', 'POST', '/encode', ' '.repeat(32 * 1024 * 1024 + 1), 413],
  ['much more', 'POST', '/encode', ' '.repeat(80 * 1024 * 1024), 413],
])('%s is refused', async (_name, method, path, body, status) => {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  const response = await fetch(`${server.url}${path}`, { method, ...(body === undefined ? {} : { body: text }) });
  expect(response.status).toBe(status);
});

test.each<[string, number]>([
  ['http://localhost:8233', 200],
  ['http://127.0.0.1:8080', 200],
  ['https://temporal.example.com', 200],
  ['https://evil.example.com', 403],
  ['http://localhost.evil.example.com', 403],
  ['null', 403],
])('a page of %s is answered with %i', async (origin, status) => {
  const response = await postFrom(origin);
  expect(response.status).toBe(status);
  expect(response.allowed).toBe(status === 200 ? origin : undefined);
});

test('a browser may ask first', async () => {
  const response = await fetch(`${server.url}/decode`, { method: 'OPTIONS' });
  expect(response.status).toBe(204);
});

test.each<[string, Record<string, string>, number]>([
  ['no token', {}, 401],
  ['another token', { authorization: 'Bearer that-token' }, 401],
  ['the token', { authorization: 'Bearer the-token' }, 200],
])('a server with a token, asked with %s, answers %i', async (_name, headers, status) => {
  const response = await fetch(`${guarded.url}/encode`, { method: 'POST', body: JSON.stringify(PLAIN), headers });
  expect(response.status).toBe(status);
});

test('the Temporal CLI reads and writes encrypted with it', async () => {
  const run = await temporal.run('dangerousAgent', [calls(['dangerous_task']), says('All done.')], 'the secret word');
  await eventOfType(run, 'InputRequiredEvent');
  const id = ['--workflow-id', run.workflowId];
  const endpoint = ['--codec-endpoint', guarded.url, '--codec-auth', 'Bearer the-token'];
  const shown = base64('"the secret word"');
  expect(await temporalCli('workflow', 'show', ...id, '--output', 'json')).not.toContain(shown);
  expect(await temporalCli('workflow', 'show', ...id, '--output', 'json', ...endpoint)).toContain(shown);
  expect(await temporalCli('workflow', 'query', ...id, '--type', 'pendingInputs', ...endpoint)).toContain('proceed');
  const answer = '{"response":"yes","user_name":"Laurie","because":"written by the CLI"}';
  await temporalCli('workflow', 'signal', ...id, '--name', 'HumanResponseEvent', '--input', answer, ...endpoint);
  expect(String(await run.result())).toBe('All done.');
  expect(await storedHistory(temporal, run.workflowId)).not.toContain('written by the CLI');
});

/** `fetch` sets an origin of its own. */
async function postFrom(origin: string): Promise<{ readonly status?: number; readonly allowed?: string }> {
  return await new Promise((resolve, reject) => {
    const sent = httpRequest(`${server.url}/encode`, { method: 'POST', headers: { origin } }, (response) => {
      response.resume();
      resolve({
        status: response.statusCode as number,
        ...(response.headers['access-control-allow-origin'] === undefined
          ? {}
          : { allowed: response.headers['access-control-allow-origin'] }),
      });
    });
    sent.on('error', reject).end(JSON.stringify(PLAIN));
  });
}
