import { expect, test } from '@jest/globals';
import { Client } from '@temporalio/client';
import { AgentClient } from '../../src/client';

test.each([undefined, null, '', {}, () => 1])(
  '%j is no workflow that can be run, and is sent to nobody',
  async (given) => {
    const client = new AgentClient(new Client({ connection: {} as never }));
    const error = { code: 'INVALID_OPTION', message: expect.stringContaining('client.run takes an agent workflow') };
    await expect(client.run(given as never, 'Hi')).rejects.toMatchObject(error);
  },
);
