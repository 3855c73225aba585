export type { EncodedObjects } from './encode.ts'
export {
  decodeObject,
  encodeObject,
  encodeWatchFrame,
  hasProtobuf,
  protobufMediaType,
  type TypedObject,
} from './envelope.ts'
export { ProtobufError } from './errors.ts'
