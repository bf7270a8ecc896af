/**
 * `countersign codec-server`: decrypts for the Temporal UI and CLI, until stopped.
 *
 * @module
 */
import { encryptionCodec, keysFromEnvironment, startCodecServer } from '../encryption';
import type { Lifetime } from './lifetime';

export interface CodecServerCommand {
  readonly port: number;
  readonly host: string;
  readonly origins: readonly string[];
}

/** @throws Error without keys, or when the port is taken. */
export async function codecServer({ port, host, origins }: CodecServerCommand, lifetime: Lifetime): Promise<void> {
  const keys = keysFromEnvironment();
  if (keys === undefined) {
    throw new Error('There are no keys: set COUNTERSIGN_ENCRYPTION_KEYS to id:base64, as the workers have it.');
  }
  const token = process.env['COUNTERSIGN_CODEC_TOKEN'];
  const server = await startCodecServer({
    codec: encryptionCodec(keys),
    port,
    host,
    origins,
    ...(token ? { token } : {}),
  });
  lifetime.closing(() => server.close());
  process.stdout.write(`ready ${server.url}\n`);
  if (!token && !LOOPBACK.has(host)) {
    process.stderr.write(`countersign: whoever reaches ${host} can decrypt: set COUNTERSIGN_CODEC_TOKEN.\n`);
  }
  await new Promise<never>(() => undefined);
}

const LOOPBACK = new Set(['127.0.0.1', '::1', 'localhost']);
