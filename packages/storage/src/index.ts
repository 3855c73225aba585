export {
  CompactedError,
  DuplicateKeyError,
  FutureRevisionError,
  InvalidOptionError,
  NestedTransactionError,
} from './errors.ts'
export { createMemoryStorage, MemoryStorage, type MemoryStorageOptions } from './memory-storage.ts'
export type {
  Compare,
  KeyValue,
  Operation,
  RangeOptions,
  RangeResult,
  Snapshot,
  Storage,
  StorageEvent,
  StorageWatch,
  TxnResult,
  WatchOptions,
} from './storage.ts'
export type { WatchErrorHandler } from './watch/watch-hub.ts'
