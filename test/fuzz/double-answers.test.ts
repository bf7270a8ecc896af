import { test } from '@jest/globals';
import { FUZZ_SEED, FUZZ_WITHIN_MS, fuzzRuns } from '../setup/fuzz';
import { useTemporal } from '../setup/temporal';
import { answerTwice } from './double-answers';

const temporal = useTemporal();

test(
  `of two different answers at the same moment exactly one settles its question, and the other is told (FUZZ_SEED=${FUZZ_SEED})`,
  async () => {
    await answerTwice(temporal, fuzzRuns(40), 5);
  },
  FUZZ_WITHIN_MS,
);
