/**
 * Model process: the scripted model in a process that is killed. Its port is its first argument.
 *
 * @module
 */
import { startScriptedModel } from 'countersign/testing';
import { modelScript } from './model-script';

startScriptedModel({ replies: modelScript, port: Number(process.argv[2]) }).catch((error: unknown) => {
  console.error(new Date().toISOString(), error);
  process.exit(1);
});
