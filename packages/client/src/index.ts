export type {
  ApplyOptions,
  Client,
  DeleteOptions,
  GetOptions,
  ListOptions,
  PatchType,
  ResourceClient,
  WatchRequestOptions,
  WriteOptions,
} from './client.ts'
export { type ClientOptions, createClient } from './create-client.ts'
export { type PluginPolicy, PluginPolicyError, validatePluginPolicy } from './credentials/plugin-policy.ts'
export {
  createInformer,
  type InformerFailure,
  type InformerOptions,
  InformerStoppedError,
  type OwnedInformer,
} from './informer/informer.ts'
export { createInformerFactory, type InformerFactoryOptions } from './informer/informer-factory.ts'
export { keyOf, splitKey } from './informer/store.ts'
export type { InformerFactory, QueueItem, WorkQueue } from './informer-factory-types.ts'
export type { HandleOptions, Informer, InformerHandler, Store } from './informer-types.ts'
export {
  bucketRateLimiter,
  defaultControllerRateLimiter,
  exponentialRateLimiter,
  maxOfRateLimiter,
  type RateLimiter,
} from './queue/rate-limiters.ts'
export { type RunWorkersOptions, runWorkers, type Workers } from './queue/run-workers.ts'
export { createWorkQueue, type WorkQueueOptions } from './queue/work-queue.ts'
export { InvalidRequestError } from './request/invalid-request-error.ts'
export { parseWarnings } from './response/warnings.ts'
export { type RetryOptions, retryOnConflict, retryOnError } from './retry/retry-on-conflict.ts'
export type { Shortcuts } from './shortcuts.ts'
export { type Fetch, type FetchTransportOptions, fetchTransport } from './transport/fetch-transport.ts'
export { bearerTransport, headersTransport } from './transport/headers-transport.ts'
export { WatchDecodeError, watchEventsOf } from './transport/json-lines.ts'
export { type ChangeEvent, type RetryWatchOptions, retryWatch } from './watch/retry-watch.ts'
