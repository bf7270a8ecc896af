/**
 * Dev server: a Temporal server for development and tests, which ends with this process.
 *
 * The binary is spawned here instead of by the SDK's `TestWorkflowEnvironment.createLocal`. With that (SDK 1.24) a
 * process ignores its first SIGTERM or SIGINT, because the SDK's runtime takes it for its workers; the second, like
 * SIGKILL, leaves the server running. It also puts the server into our process group, so that Ctrl-C stops it before
 * workers have drained.
 *
 * Rule: no server outlives this process, kill -9 included.
 *
 * @module
 */
import { type ConnectionSettings, readSettings } from '../connection';
import { checkOptions, errorText, isAgentError, KINDS, type OptionTable } from '../protocol';
import { checkServing, whenServing } from './check-server';
import { type FoundTemporal, type FindTemporalOptions, findTemporal } from './find-temporal';
import { freePort, isFree } from './free-port';
import { spawnServer } from './server-process';

export interface DevServerOptions extends FindTemporalOptions {
  /** Default: 7233 if that is free, else any free port. */
  readonly port?: number;
  /** Default: 1,000 above `port`, as with the Temporal CLI, if that is free; else any free port. */
  readonly uiPort?: number;
  /** Whether to serve Temporal's web UI. Default true. */
  readonly ui?: boolean;
  /** Keeps runs in this SQLite file. Default: in memory. */
  readonly dbFilename?: string;
  /** Further dynamic configuration, each as `name=value`. */
  readonly dynamicConfig?: readonly string[];
  /** Created if needed. Default: the clients' one, from `TEMPORAL_NAMESPACE` or Temporal's configuration file. */
  readonly namespace?: string;
}

const OPTIONS: OptionTable<DevServerOptions> = {
  onProgress: KINDS.code,
  env: KINDS.object,
  port: KINDS.number,
  uiPort: KINDS.number,
  ui: KINDS.flag,
  dbFilename: KINDS.text,
  dynamicConfig: KINDS.texts,
  namespace: KINDS.text,
};

/** A Temporal server to connect to. */
export interface DevServer {
  /** `host:port` of its gRPC service. */
  readonly address: string;
  /** Address of its web UI, if we started one. */
  readonly uiUrl?: string;
  readonly namespace: string;
  /** Whether we started it. */
  readonly owned: boolean;
  /** Stops a server we started and waits for its end; leaves any other alone. May be called twice. */
  stop(): Promise<void>;
}

/**
 * Starts a dev server, or takes the one `TEMPORAL_ADDRESS` names.
 *
 * Resolves when the server serves the namespace. It listens on 127.0.0.1, survives Ctrl-C until this process ends, and
 * does not keep this process alive. With `TEMPORAL_ADDRESS` nothing is started, and the ports, `ui`, `dbFilename` and
 * `dynamicConfig` are ignored.
 *
 * @throws AgentError `TEMPORAL_UNREACHABLE` when nothing answers at `TEMPORAL_ADDRESS`, `INVALID_SETTING`; Error when
 *   no server can be found, installed or started, a requested port is in use, or the server lacks the namespace.
 */
export async function startDevServer(options: DevServerOptions = {}): Promise<DevServer> {
  checkOptions('startDevServer', options, OPTIONS);
  const env = options.env ?? process.env;
  const settings = readSettings(env);
  const namespace = options.namespace || settings.namespace;
  const { onProgress } = options;
  const found = await findTemporal({ env, ...(onProgress === undefined ? {} : { onProgress }) });
  if (found.kind === 'running') return useRunning(found.address, namespace, settings);
  for (let attempt = 1; ; attempt += 1) {
    const ports = await choosePorts(options, attempt);
    try {
      return await start(found, { ...options, ...ports, env, namespace });
    } catch (error) {
      // Perhaps bad luck: a port taken meanwhile, or a race in the server's start.
      if (attempt === ATTEMPTS || errorText(error).endsWith(NO_ANSWER)) throw error;
    }
  }
}

async function useRunning(address: string, namespace: string, settings: ConnectionSettings): Promise<DevServer> {
  try {
    await checkServing(address, namespace, settings, 3000);
  } catch (error) {
    if (isAgentError(error)) throw error;
    const message = `TEMPORAL_ADDRESS is ${address}, but ${errorText(error)} Unset it to have a server started.`;
    throw new Error(message, { cause: error });
  }
  return { address, namespace, owned: false, stop: async () => undefined };
}

interface StartOptions extends DevServerOptions {
  readonly env: NonNullable<DevServerOptions['env']>;
  readonly port: number;
  readonly httpPort: number;
  readonly namespace: string;
}

async function start({ path }: FoundTemporal & { kind: 'binary' }, options: StartOptions): Promise<DevServer> {
  const { port, uiPort, httpPort, namespace, dbFilename, dynamicConfig = [], env } = options;
  const address = `127.0.0.1:${port}`;
  const flags = Object.entries({
    ip: '127.0.0.1',
    port: String(port),
    'http-port': String(httpPort),
    namespace,
    'log-level': 'error',
    ...(uiPort !== undefined && { 'ui-port': String(uiPort) }),
    ...(dbFilename !== undefined && { 'db-filename': dbFilename }),
  });
  const args = [
    'server',
    'start-dev',
    ...flags.flatMap(([name, value]) => [`--${name}`, value]),
    ...[...DYNAMIC_CONFIG, ...dynamicConfig].flatMap((setting) => ['--dynamic-config-value', setting]),
    ...(uiPort === undefined ? ['--headless'] : []),
  ];
  const server = spawnServer(path, args, { env, endsGently: dbFilename !== undefined });
  const starting = new AbortController();
  const tooLong = setTimeout(() => starting.abort(new Error(NO_ANSWER)), 30_000);
  try {
    await Promise.race([whenServing(httpPort, namespace, starting.signal), server.failed]);
  } catch (error) {
    await server.stop();
    const why = starting.signal.aborted ? starting.signal.reason : error;
    throw new Error(`The Temporal dev server (${path}) did not start: ${errorText(why)}`, { cause: error });
  } finally {
    clearTimeout(tooLong);
    starting.abort();
  }
  const stop = () => server.stop();
  const common = { address, namespace, owned: true, stop };
  return uiPort === undefined ? common : { ...common, uiUrl: `http://127.0.0.1:${uiPort}` };
}

/** How often a server is started that ends before it serves. */
const ATTEMPTS = 3;
const NO_ANSWER = 'it did not answer within 30 s.';

const DYNAMIC_CONFIG: readonly string[] = [
  // By default the server polls its queues 20 times a second, and each hop of a run waits up to 50 ms.
  'history.transferProcessorMaxPollRPS=2000',
  'history.timerProcessorMaxPollRPS=2000',
  'history.visibilityProcessorMaxPollRPS=2000',
  // It would look for a newer version on the internet.
  'frontend.enableServerVersionCheck=false',
];

interface Ports {
  readonly port: number;
  readonly httpPort: number;
  readonly uiPort?: number;
}

async function choosePorts({ port, uiPort, ui = true }: DevServerOptions, attempt: number): Promise<Ports> {
  const choose = async (wanted: number | undefined, usual: number): Promise<number> => {
    if (wanted === undefined) return attempt === 1 && (await isFree(usual)) ? usual : freePort();
    if (await isFree(wanted)) return wanted;
    throw new Error(`Port ${wanted} is in use. Stop what listens there, or give no port to get a free one.`);
  };
  const chosen = { port: await choose(port, 7233), httpPort: await freePort() };
  return ui ? { ...chosen, uiPort: await choose(uiPort, uiPortOf(chosen.port)) } : chosen;
}

function uiPortOf(port: number): number {
  return port + 1000 <= 65_535 ? port + 1000 : port - 1000;
}
