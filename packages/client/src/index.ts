export type {
  Client,
  DeleteOptions,
  ListOptions,
  PatchType,
  ResourceClient,
  WatchRequestOptions,
  WriteOptions,
} from './client.ts'
export type { InformerFactory, WorkQueue } from './informer-factory-types.ts'
export type { Informer, InformerHandler, Store } from './informer-types.ts'
