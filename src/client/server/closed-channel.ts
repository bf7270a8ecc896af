/**
 * Closed channel: a retry after its connection was closed becomes a cancelled request.
 *
 * The SDK retries on timers, and gRPC throws there when the channel is gone, which nobody can catch and which ends the
 * process.
 *
 * @module
 */
import { type ConnectionOptions, defaultGrpcRetryOptions, makeGrpcRetryInterceptor } from '@temporalio/client';

import { GRPC } from '../../connection';

type Interceptors = NonNullable<ConnectionOptions['interceptors']>;
type Interceptor = Interceptors[number];

/** The SDK's own retries, with a closed channel made harmless. */
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
      // As gRPC does: a message (none here), then the status, never before `start` has returned.
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
