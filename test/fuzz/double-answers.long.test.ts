import { test } from '@jest/globals';
import { FUZZ_SEED } from '../setup/fuzz';
import { useTemporal } from '../setup/temporal';
import { answerTwice } from './double-answers';

const temporal = useTemporal();

test(
  `of two different answers to each of 1,000 questions exactly one settles it, and the other is told (FUZZ_SEED=${FUZZ_SEED})`,
  async () => {
    await answerTwice(temporal, 1000, 20);
  },
  15 * 60_000,
);
