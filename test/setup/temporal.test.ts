import { expect, test } from '@jest/globals';
import { TestTemporal } from './temporal';

test('a set-up that fails is ended without failing again', async () => {
  const temporal = new TestTemporal();
  await expect(temporal.start({}, 'http://no.address')).rejects.toMatchObject({ code: 'INVALID_SETTING' });
  await temporal.stop();
});
