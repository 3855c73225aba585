/** Bytes or an object that have no protobuf form; `path` names the field. */
export class ProtobufError extends Error {
  override readonly name = 'ProtobufError'
  readonly path: string
  constructor(message: string, path: string = '') {
    super(path === '' ? message : `${path}: ${message}`)
    this.path = path
  }
}
