import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { Client, Connection } from '@temporalio/client';
import { type DevServer, type DevServerOptions, startDevServer } from '../../src/testing';
import { accepts } from './accepts';

/** Here a server of its own is wanted, whatever the machine has. */
const env = { ...process.env, TEMPORAL_ADDRESS: undefined, TEMPORAL_NAMESPACE: undefined };

async function withServer(options: DevServerOptions, body: (server: DevServer) => Promise<void>): Promise<void> {
  const server = await startDevServer({ env, ui: false, ...options });
  try {
    await body(server);
  } finally {
    await server.stop();
  }
}

async function withClient<T>(server: DevServer, body: (client: Client) => Promise<T>): Promise<T> {
  const connection = await Connection.connect({ address: server.address });
  try {
    return await body(new Client({ connection, namespace: server.namespace }));
  } finally {
    await connection.close();
  }
}

test('a dev server runs workflows in its namespace until it is stopped', async () => {
  await withServer({ namespace: 'elsewhere' }, async (server) => {
    expect(server).toMatchObject({ namespace: 'elsewhere', owned: true });
    await withClient(server, async (client) => {
      const handle = await client.workflow.start('none', { workflowId: 'w', taskQueue: 'q' });
      expect((await handle.describe()).status.name).toBe('RUNNING');
    });
    await Promise.all([server.stop(), server.stop()]);
    expect(await accepts(server.address)).toBe(false);
  });
});

test('two dev servers started at the same time get ports of their own', async () => {
  const servers = await Promise.all([1, 2].map(() => startDevServer({ env })));
  const addresses = servers.flatMap((server) => [server.address, server.uiUrl]);
  await Promise.all(servers.map((server) => server.stop()));
  expect(new Set(addresses).size).toBe(4);
  expect(addresses).not.toContain(undefined);
});

test('the web UI is served where uiUrl says', async () => {
  await withServer({ ui: true, namespace: 'seen-in-ui' }, async ({ uiUrl }) => {
    const page = await fetch(String(uiUrl));
    expect(page.headers.get('content-type')).toContain('text/html');
    // The page is there at once; what it asks the server for, within a second.
    const url = `${uiUrl}/api/v1/namespaces/seen-in-ui`;
    let namespace = await fetch(url);
    while (!namespace.ok) namespace = await fetch(url);
    expect(await namespace.text()).toContain('seen-in-ui');
  });
});

test('a port that was asked for and is in use is refused in words', async () => {
  await withServer({}, async ({ address }) => {
    const port = Number(address.split(':')[1]);
    await expect(startDevServer({ env, port })).rejects.toThrow(`Port ${port} is in use.`);
    await expect(startDevServer({ env, ui: true, uiPort: port })).rejects.toThrow(`Port ${port} is in use.`);
  });
});

test('a server that cannot start is reported with what it said', async () => {
  const starting = startDevServer({ env, dbFilename: join(__dirname, 'no', 'such', 'folder', 'temporal.db') });
  await expect(starting).rejects.toThrow(/did not start: .*no such file or directory/);
});

/** A `temporal` that crashes as a Go program does, so often, and is the real one then. */
async function withCrashes(crashes: number, body: (env: NodeJS.ProcessEnv) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'countersign-'));
  const script = `
    if [ "$1" = server ]; then
      echo . >> ${folder}/starts
      if [ $(wc -l < ${folder}/starts) -le ${crashes} ]; then
        echo "panic: two at the same moment" >&2
        for n in $(seq 500); do echo "goroutine $n [running]: main.main() /src/main.go:$n" >&2; done
        exit 2
      fi
    fi
    exec ${process.env['COUNTERSIGN_TEST_TEMPORAL']} "$@"`;
  await writeFile(join(folder, 'temporal'), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  try {
    await body({ ...env, PATH: `${folder}:${process.env['PATH']}` });
  } finally {
    await rm(folder, { recursive: true });
  }
}

test('a server that ends at once is started again, up to three times', async () => {
  await withCrashes(2, async (crashing) => {
    await withServer({ env: crashing }, async ({ address }) => expect(await accepts(address)).toBe(true));
  });
});

test('a server that crashes each time is reported with the first that it said', async () => {
  await withCrashes(3, async (crashing) => {
    const failure: unknown = await startDevServer({ env: crashing, ui: false }).catch((error) => error);
    expect(String(failure)).toMatch(
      /did not start: it ended with code 2\. panic: two at the same moment\ngoroutine 1 /,
    );
    expect(String(failure).length).toBeLessThan(3000);
  });
});

test('the server is started with queues that are polled often enough not to be felt', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'countersign-'));
  const says = 'if [ "$1" = --version ]; then echo "temporal version 1"; else echo "$@"; exit 1; fi';
  await writeFile(join(folder, 'temporal'), `#!/bin/sh\n${says}\n`, { mode: 0o755 });
  const failure: unknown = await startDevServer({ env: { PATH: folder }, ui: false }).catch((error) => error);
  await rm(folder, { recursive: true });
  for (const queue of ['transfer', 'timer', 'visibility']) {
    expect(String(failure)).toContain(`--dynamic-config-value history.${queue}ProcessorMaxPollRPS=2000`);
  }
});

test('with dbFilename runs are there again after a restart', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'countersign-'));
  const dbFilename = join(folder, 'temporal.db');
  try {
    await withServer({ dbFilename }, (server) =>
      withClient(server, async (client) => {
        await client.workflow.start('none', { workflowId: 'kept', taskQueue: 'q' });
      }),
    );
    await withServer({ dbFilename }, async (server) => {
      const described = withClient(server, (client) => client.workflow.getHandle('kept').describe());
      expect((await described).status.name).toBe('RUNNING');
    });
  } finally {
    await rm(folder, { recursive: true });
  }
});

test('TEMPORAL_ADDRESS is used as it is and stop() leaves that server alone', async () => {
  await withServer({}, async ({ address }) => {
    const running = { ...env, TEMPORAL_ADDRESS: address };
    const server = await startDevServer({ env: running });
    expect(server).toMatchObject({ address, namespace: 'default', owned: false });
    expect(server.uiUrl).toBeUndefined();
    await server.stop();
    expect(await accepts(address)).toBe(true);

    const missing = startDevServer({ env: { ...running, TEMPORAL_NAMESPACE: 'nowhere' } });
    await expect(missing).rejects.toThrow(`TEMPORAL_ADDRESS is ${address}, but that server has no namespace nowhere.`);
  });
});

test('a TEMPORAL_ADDRESS where no Temporal answers is an error of one line', async () => {
  const other = createServer((_request, response) => response.end('not Temporal'));
  await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
  const bound = other.address();
  const address = `127.0.0.1:${typeof bound === 'object' ? bound?.port : ''}`;
  const failure: unknown = await startDevServer({ env: { ...env, TEMPORAL_ADDRESS: address } }).catch((e) => e);
  other.close();
  expect(failure).toMatchObject({ code: 'TEMPORAL_UNREACHABLE' });
  expect(String(failure)).toContain(`No Temporal server answers at ${address}: start one there, or unset`);
  expect(String(failure)).not.toContain('\n');
});
