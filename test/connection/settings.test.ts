import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { type Environment, readNamespace, readSettings } from '../../src/connection';

let folder: string;
let file: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'countersign-settings-'));
  file = await written(
    'temporal.toml',
    `[profile.default]
     address = "from-file:7233"
     namespace = "from-file"
     [profile.cloud]
     address = "cloud:7233"
     api_key = "key"
     [profile.empty]
     address = ""
     namespace = " "
     api_key = ""
     [profile.certified]
     tls = { server_name = "temporal" }`,
  );
});

afterAll(async () => await rm(folder, { recursive: true }));

async function written(name: string, text: string): Promise<string> {
  await writeFile(join(folder, name), text);
  return join(folder, name);
}

/** On a machine without a configuration file. */
function read(env: Environment) {
  return readSettings({ XDG_CONFIG_HOME: folder, HOME: folder, APPDATA: folder, ...env });
}

const NOTHING = { address: undefined, namespace: 'default', options: {}, tlsSetBy: undefined };

test('without any setting there is no address, and the namespace is default', () => {
  expect(read({})).toEqual(NOTHING);
});

test.each([
  'TEMPORAL_ADDRESS',
  'TEMPORAL_NAMESPACE',
  'TEMPORAL_API_KEY',
  'TEMPORAL_TLS',
  'TEMPORAL_TLS_CLIENT_CERT_PATH',
  'TEMPORAL_TLS_CLIENT_CERT_DATA',
  'TEMPORAL_TLS_CLIENT_KEY_PATH',
  'TEMPORAL_TLS_CLIENT_KEY_DATA',
  'TEMPORAL_TLS_SERVER_CA_CERT_PATH',
  'TEMPORAL_TLS_SERVER_CA_CERT_DATA',
  'TEMPORAL_TLS_SERVER_NAME',
  'TEMPORAL_TLS_DISABLE_HOST_VERIFICATION',
  'TEMPORAL_PROFILE',
  'TEMPORAL_CONFIG_FILE',
])('a blank %s is one that is not set', (name) => {
  expect(read({ [name]: '' })).toEqual(NOTHING);
  expect(read({ [name]: ' ' })).toEqual(NOTHING);
});

test('a blank variable leaves what the configuration file says', () => {
  const env = { TEMPORAL_CONFIG_FILE: file, TEMPORAL_ADDRESS: '', TEMPORAL_NAMESPACE: '' };
  expect(read(env)).toMatchObject({ address: 'from-file:7233', namespace: 'from-file' });
  expect(read({ ...env, TEMPORAL_ADDRESS: 'here:7233 \r' })).toMatchObject({ address: 'here:7233' });
});

test('a blank value in the configuration file is one that is not set, too', () => {
  expect(read({ TEMPORAL_CONFIG_FILE: file, TEMPORAL_PROFILE: 'empty' })).toEqual(NOTHING);
});

test('the namespace alone is read, whatever is wrong with the settings of the connection', () => {
  const bare = { XDG_CONFIG_HOME: folder, HOME: folder, APPDATA: folder };
  const wrong = { ...bare, TEMPORAL_TLS: 'perhaps', TEMPORAL_TLS_CLIENT_CERT_PATH: join(folder, 'none') };
  const nowhere = { TEMPORAL_CONFIG_FILE: join(folder, 'none') };
  expect(readNamespace(wrong)).toBe('default');
  expect(readNamespace({ ...wrong, TEMPORAL_CONFIG_FILE: file })).toBe('from-file');
  expect(readNamespace({ ...wrong, ...nowhere, TEMPORAL_NAMESPACE: ' here ' })).toBe('here');
  expect(() => readNamespace({ ...wrong, ...nowhere })).toThrow('there is no such file');
});

test.each([
  [{ TEMPORAL_API_KEY: 'key' }, 'TEMPORAL_API_KEY'],
  [{ TEMPORAL_TLS: 'true' }, 'TEMPORAL_TLS'],
  [{ TEMPORAL_TLS: '1', TEMPORAL_API_KEY: 'key' }, 'TEMPORAL_TLS'],
  [{ TEMPORAL_TLS_SERVER_NAME: 'temporal' }, 'TEMPORAL_TLS_SERVER_NAME'],
  [{ TEMPORAL_PROFILE: 'cloud' }, 'api_key in the configuration file'],
  [{ TEMPORAL_PROFILE: 'certified' }, 'tls in the configuration file'],
  [{ TEMPORAL_TLS: 'false', TEMPORAL_API_KEY: 'key' }, undefined],
  [{}, undefined],
] as const)('%j: TLS is turned on by %s', (env, by) => {
  const { tlsSetBy, options } = read({ TEMPORAL_CONFIG_FILE: file, ...env });
  expect(tlsSetBy).toBe(by);
  expect(Boolean(options.tls)).toBe(by !== undefined);
});

test.each([
  [
    'a file that is not there',
    { TEMPORAL_CONFIG_FILE: '/nope.toml' },
    /CONFIG_FILE is "\/nope\.toml", and there is no such file/,
  ],
  ['a folder', { TEMPORAL_CONFIG_FILE: '/' }, /^\/ cannot be used: EISDIR/],
  [
    'a profile that is not there',
    { TEMPORAL_PROFILE: 'nope' },
    /TEMPORAL_PROFILE is "nope", and .* has no \[profile\.nope\]/,
  ],
  [
    'a certificate that is not there',
    { TEMPORAL_TLS_SERVER_CA_CERT_PATH: '/nope.pem' },
    /TEMPORAL_TLS_SERVER_CA_CERT_PATH names cannot be read: ENOENT/,
  ],
  ['a switch that is neither on nor off', { TEMPORAL_TLS: 'yes' }, /TEMPORAL_TLS is "yes": set it to true or false/],
])('%s is an error that says what to correct', (_what, env, message) => {
  expect(() => read(env)).toThrow(
    expect.objectContaining({ code: 'INVALID_SETTING', message: expect.stringMatching(message) }),
  );
});

test.each([
  ['is no TOML', 'address: here', /cannot be used: Invalid TOML/],
  ['has no profile', '# nothing yet', /has no \[profile\.default\]/],
])('a configuration file that %s is an error of one line', async (_what, text, message) => {
  const path = await written('bad.toml', text);
  expect(() => read({ TEMPORAL_CONFIG_FILE: path })).toThrow(
    expect.objectContaining({ code: 'INVALID_SETTING', message: expect.stringMatching(message) }),
  );
  expect(() => read({ TEMPORAL_CONFIG_FILE: path })).not.toThrow(/\n/);
});
