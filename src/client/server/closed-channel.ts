/**
 * Closed channel: what becomes of a request that is tried again after its connection was closed.
 *
 * The SDK's retries run on timers, and gRPC throws there when the channel is gone: an error that nobody can
 * catch, which ends the process. Here it becomes a cancelled request.
 *
 * @module
 */
import { type ConnectionOptions, defaultGrpcRetryOptions, makeGrpcRetryInterceptor } from '@temporalio/client';

import { GRPC } from '../../connection';

type Interceptors = NonNullable<ConnectionOptions['interceptors']>;
type Interceptor = Interceptors[number];

/** The SDK's own retries, inside of which a closed channel is no throw. */
export function retriesThatMayBeClosed(): Interceptors {
  const guarded: Interceptor = (options, nextCall) => {
    try {
      return nextCall(options) as ReturnType<Interceptor>;
    } catch (error) {
      return cancelledCall(String(error));
    }
  };
  return [makeGrpcRetryInterceptor(defaultGrpcRetryOptions()), guarded];
}

function cancelledCall(details: string): ReturnType<Interceptor> {
  const call: Partial<ReturnType<Interceptor>> = {
    start(metadata, listener) {
      // As gRPC does for every call: a message, here none, and then how it ended; never before `start` has returned.
      queueMicrotask(() => {
        listener?.onReceiveMessage?.(null);
        listener?.onReceiveStatus?.({ code: GRPC.cancelled, details, metadata });
      });
    },
    sendMessage: () => undefined,
    halfClose: () => undefined,
    cancelWithStatus: () => undefined,
  };
  return call as ReturnType<Interceptor>;
}
