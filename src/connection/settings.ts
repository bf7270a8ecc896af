/**
 * Settings: how Temporal is reached, read as the Temporal CLI does: TEMPORAL_ variables, then the profile of its
 * configuration file.
 *
 * Worker, client and command line all read them here. A blank variable counts as unset.
 *
 * @module
 */
import { existsSync } from 'node:fs';
import { type ClientConfigProfile, loadClientConfigProfile, toClientOptions } from '@temporalio/envconfig';
import { AgentError, errorText } from '../protocol';

export type Environment = Readonly<Record<string, string | undefined>>;

/** What both kinds of SDK connections take. */
type ConnectOptions = ReturnType<typeof toClientOptions>['connectionOptions'];

export interface ConnectionSettings {
  /** `host:port`. Undefined when none is configured. */
  readonly address: string | undefined;
  /** `default` when none is configured. */
  readonly namespace: string;
  /** API key, TLS and metadata, where configured. */
  readonly options: Partial<Pick<ConnectOptions, 'apiKey' | 'tls' | 'metadata'>>;
  /** The setting that turns TLS on. Undefined when TLS is off. */
  readonly tlsSetBy: string | undefined;
}

export const DEFAULT_ADDRESS = 'localhost:7233';

/** Read the settings. @throws AgentError `INVALID_SETTING`, with which one and why. */
export function readSettings(env: Environment = process.env): ConnectionSettings {
  const set = withoutBlanks(env);
  checkSwitches(set);
  const profile = readProfile(set);
  const { connectionOptions } = convert(profile, set);
  const { apiKey, tls, metadata } = connectionOptions;
  return {
    address: profile.address,
    namespace: profile.namespace ?? 'default',
    options: {
      ...(apiKey === undefined ? {} : { apiKey }),
      ...(tls === undefined ? {} : { tls }),
      ...(metadata === undefined ? {} : { metadata }),
    },
    tlsSetBy: tls === undefined || tls === false ? undefined : tlsSetBy(profile, set),
  };
}

/**
 * Only the namespace, for a connection made elsewhere: mistakes in other settings do not matter.
 *
 * @throws AgentError `INVALID_SETTING` when only the configuration file can name it and cannot be read.
 */
export function readNamespace(env: Environment = process.env): string {
  return setting(env, 'TEMPORAL_NAMESPACE') ?? readProfile(withoutBlanks(env)).namespace ?? 'default';
}

/** A variable's trimmed value. Undefined when blank. */
export function setting(env: Environment, name: string): string | undefined {
  return env[name]?.trim() || undefined;
}

/** Drops blank TEMPORAL_ variables, except gRPC metadata, where a blank removes a header of the file. */
function withoutBlanks(env: Environment): Record<string, string> {
  const set: Record<string, string> = {};
  for (const [name, value] of Object.entries(env)) {
    if (value === undefined) continue;
    if (!name.startsWith('TEMPORAL_') || name.startsWith('TEMPORAL_GRPC_META_')) set[name] = value;
    else if (value.trim() !== '') set[name] = value.trim();
  }
  return set;
}

/** The SDK silently takes `TEMPORAL_TLS=yes` for "off". */
function checkSwitches(set: Readonly<Record<string, string>>): void {
  const value = set['TEMPORAL_TLS'];
  if (value === undefined || ['true', '1', 'false', '0'].includes(value)) return;
  throw invalid('TEMPORAL_TLS', `TEMPORAL_TLS is "${value}": set it to true or false.`);
}

function readProfile(set: Record<string, string>): ClientConfigProfile {
  const file = set['TEMPORAL_CONFIG_FILE'];
  if (file !== undefined && !existsSync(file)) {
    const message = `TEMPORAL_CONFIG_FILE is "${file}", and there is no such file: correct the path, or unset it.`;
    throw invalid('TEMPORAL_CONFIG_FILE', message);
  }
  const where = file ?? "Temporal's configuration file, temporal.toml,";
  try {
    const { address, namespace, apiKey, ...rest } = loadClientConfigProfile({ overrideEnvVars: set });
    return {
      ...rest,
      ...(address?.trim() ? { address: address.trim() } : {}),
      ...(namespace?.trim() ? { namespace: namespace.trim() } : {}),
      ...(apiKey?.trim() ? { apiKey: apiKey.trim() } : {}),
    };
  } catch (error) {
    const name = set['TEMPORAL_PROFILE'];
    if (name !== undefined && /^Profile .* not found/.test(errorText(error))) {
      const message = `TEMPORAL_PROFILE is "${name}", and ${where} has no [profile.${name}]: add it, or name another profile.`;
      throw invalid('TEMPORAL_PROFILE', message, error);
    }
    // The SDK does not expect a file without any profile.
    const why = error instanceof TypeError ? 'it has no [profile.default]' : firstLine(error);
    throw invalid(file ?? 'temporal.toml', `${where} cannot be used: ${why}. Correct it, or remove it.`, error);
  }
}

/** Reads the certificates too. */
function convert(profile: ClientConfigProfile, set: Readonly<Record<string, string>>) {
  try {
    return toClientOptions(profile);
  } catch (error) {
    const path = typeof error === 'object' && error !== null && 'path' in error ? error.path : undefined;
    const name = Object.keys(set).find((name) => set[name] === path) ?? 'tls';
    const what = name === 'tls' ? "A file of Temporal's TLS settings" : `The file that ${name} names`;
    throw invalid(name, `${what} cannot be read: ${firstLine(error)}. Correct the path.`, error);
  }
}

function tlsSetBy(profile: ClientConfigProfile, set: Readonly<Record<string, string>>): string {
  if (profile.tls !== undefined) {
    const names = Object.keys(set).filter((name) => /^TEMPORAL_TLS(_|$)/.test(name));
    return names.includes('TEMPORAL_TLS') ? 'TEMPORAL_TLS' : (names[0] ?? 'tls in the configuration file');
  }
  return set['TEMPORAL_API_KEY'] === undefined ? 'api_key in the configuration file' : 'TEMPORAL_API_KEY';
}

function invalid(name: string, message: string, cause?: unknown): AgentError {
  return new AgentError('INVALID_SETTING', message, { name }, { cause });
}

/** A TOML error goes on with a picture of the place. */
function firstLine(error: unknown): string {
  return (errorText(error).split('\n')[0] ?? '').replace(/[.:]$/, '');
}
