export type { FieldError, FieldErrorType } from './field-error.ts'
export type {
  Condition,
  GroupVersion,
  GroupVersionKind,
  GroupVersionResource,
  JsonObject,
  JsonValue,
  KubeObject,
  ListMeta,
  ManagedFieldsEntry,
  ObjectList,
  ObjectMeta,
  OwnerReference,
  Status,
  StatusCause,
  StatusDetails,
  Stored,
  Unstructured,
  WatchEvent,
} from './objects.ts'
export type { ApiRequest, ApiResponse, CancelSignal, Transport } from './transport.ts'
