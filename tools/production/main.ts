/**
 * Runs the production server until Ctrl-C, for whoever has no docker.
 *
 *     npm run server [-- --folder DIR] [--port PORT] [--namespace NAME]
 *
 * `--folder`: where its data and logs are, kept from one time to the next; default `.temporal`. `--port`: of Temporal,
 * default 7233. `--namespace`: default `default`.
 *
 * @module
 */
import { once } from 'node:events';
import { parseArgs } from 'node:util';
import { startProductionServer } from './production-server';

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      folder: { type: 'string', default: '.temporal' },
      port: { type: 'string', default: '7233' },
      namespace: { type: 'string', default: 'default' },
    },
  });
  const port = Number(values.port);
  if (!Number.isInteger(port) || port < 1 || port > 65_535)
    throw new Error(`--port takes a number from 1 to 65535, not "${values.port}".`);
  const say = (line: string): void => void process.stderr.write(`${line}\n`);
  say('Starting PostgreSQL and Temporal...');
  const server = await startProductionServer({ folder: values.folder, port, namespace: values.namespace, say });
  say(`Temporal serves at ${server.address}, namespace ${server.namespace}. Data and logs: ${server.folder}`);
  say(`Try: TEMPORAL_ADDRESS=${server.address} npm run worker. Ctrl-C stops the server.`);
  await Promise.race([once(process, 'SIGINT'), once(process, 'SIGTERM')]);
  say('Stopping...');
  await server.stop();
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 2;
});
