export type {
  DeleteOptions,
  ListOptions,
  PatchType,
  ResourceClient,
  WatchRequestOptions,
  WriteOptions,
} from './client.ts'
