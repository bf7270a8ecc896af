/**
 * With settings: a model with settings of its own, where an agent has none.
 *
 * @module
 */
import type { ModelSettings } from '../agent';
import type { Model } from './model';

export function withSettings(model: Model, settings: ModelSettings): Model {
  return {
    title: model.title,
    ask: async (request, options) =>
      await model.ask({ ...request, settings: merged(settings, request.settings) }, options),
  };
}

/** The agent's settings win. Two `extraBody` are merged. */
function merged(ofServer: ModelSettings, ofAgent: ModelSettings): ModelSettings {
  const extraBody = { ...ofServer.extraBody, ...ofAgent.extraBody };
  return { ...ofServer, ...ofAgent, ...(Object.keys(extraBody).length === 0 ? {} : { extraBody }) };
}
