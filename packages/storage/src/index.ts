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
